import { availableParallelism } from "node:os";
import type { FloatArray, View } from "@batchnorm/core";
import { makeBatch, upload } from "@batchnorm/testing/batch";
import { Random } from "@batchnorm/testing/random";
import { afterAll, describe, expect, it } from "vitest";
import { createWasmBackend, type WasmBackend } from "../src/node.js";
import { bytes, expectSameBits, resultsOf } from "./helpers/results.js";
import { wordsOf } from "./helpers/shared-words.js";

const counts = [1, 2, 3, 7];
const backends = await Promise.all(counts.map((threads) => createWasmBackend({ threads })));

afterAll(() => {
  for (const backend of backends) backend.close();
});

/** Channels of each kind for which kernels have a way of their own. */
function mixed(random: Random, c: number): number {
  switch (c % 5) {
    case 1:
      return 3; // constant
    case 2:
      return 1e6 + random.normal(); // far from zero
    case 3:
      return 1e25 * random.normal(); // dx beyond float32's normal numbers
    case 4:
      return 1e-30 * random.normal();
    default:
      return 0.5 + 2 * random.normal();
  }
}

const views: [string, number, number, number][] = [
  ["runs, a block of channels at a time", 32, 64, 400],
  ["such runs, of fewer than four images", 2, 200, 100],
  ["such runs, of images that are no multiple of four", 6, 20, 700],
  ["runs in chunks: two segments of few channels", 8, 3, 20000],
  ["runs in chunks: a single long one", 1, 1, 200003],
  ["runs of just one segment", 3, 2, 16384],
  ["runs of one segment and a value", 3, 2, 16385],
  ["runs in chunks of images that are no multiple of four", 7, 5, 2000],
  ["wide columns, the last vector not whole", 4100, 257, 1],
  ["columns in panels", 600, 1000, 1],
  ["few rows of very wide columns", 3, 9000, 2],
  ["narrow columns: several rows are one, and some left over", 40001, 3, 1],
  ["a single column", 40003, 1, 1],
  ["columns of tiny runs", 5000, 7, 5],
  ["columns of the longest such runs", 64, 40, 15],
  ["too few values for threads to take part", 31, 33, 32],
];

describe.each(views)("%s (%d x %d x %d)", (_, outer, channels, inner) => {
  const view: View = { outer, channels, inner };

  it.each([
    ["ordinary values", null, undefined],
    ["ordinary values behind relu", "relu", undefined],
    ["channels of all kinds", null, mixed],
    ["channels of all kinds behind relu", "relu", mixed],
  ] as const)("has the same bits on any number of threads, from run to run: %s", async (_, activation, fill) => {
    const batch = makeBatch(new Random(211), view, "float32", fill);
    let first: Record<string, FloatArray> | null = null;
    for (const backend of backends) {
      for (let run = 0; run < 2; run++) {
        const results = await resultsOf(backend, batch, activation);
        first ??= results;
        expectSameBits(results, first);
      }
    }
  });
});

describe("a number of threads", () => {
  it.each(counts.map((threads, i) => [threads, backends[i] as WasmBackend] as const))(
    "of %d is what the backend has",
    (threads, { capabilities }) => {
      expect(capabilities).toEqual({ dtypes: ["float32"], hostVisible: true, threads });
    },
  );

  it("is one per processor where none is asked for", async () => {
    const byDefault = await createWasmBackend();
    expect(byDefault.capabilities.threads).toBe(availableParallelism());
    byDefault.close();
    const asked = await createWasmBackend({ threads: undefined });
    expect(asked.capabilities.threads).toBe(availableParallelism());
    asked.close();
  });

  it("is of threads that work: each phase is done without the caller as well", async () => {
    for (const backend of backends.slice(1)) {
      const view = { outer: 64, channels: 3, inner: 4000 };
      const { pass } = upload(backend, makeBatch(new Random(223), view));
      const y = backend.apply(pass, backend.moments(pass), null);
      const expected = await y.data();
      const { openAgain } = wordsOf(y.values);
      y.values.fill(Number.NaN);
      await openAgain();
      expect(bytes(y.values).equals(bytes(expected))).toBe(true);
    }
  });

  it("sleeps while there is nothing to do", async () => {
    const backend = await createWasmBackend({ threads: 3 });
    const { read } = wordsOf(backend.tensor([1], [1]).values);
    await expect.poll(() => read("asleep")).toBe(2);
    backend.close();
    await expect.poll(() => read("asleep")).toBe(0);
  });

  it("may be more backends than one: each has its own", async () => {
    const [a, b] = [await createWasmBackend({ threads: 2 }), await createWasmBackend({ threads: 2 })];
    const batch = makeBatch(new Random(227), { outer: 16, channels: 8, inner: 900 });
    const expected = await resultsOf(backends[0] as WasmBackend, batch);
    expectSameBits(await resultsOf(a, batch), expected);
    a.close();
    expectSameBits(await resultsOf(b, batch), expected);
    b.close();
  });
});
