import { OptionError, ResourceError, type Values, type View } from "@batchnorm/core";
import { everything, makeBatch, upload } from "@batchnorm/testing/batch";
import { Random } from "@batchnorm/testing/random";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it, vi } from "vitest";
import { createWasmBackend, type WasmBackend, type WasmTensor } from "../src/node.js";
import { runNode } from "./helpers/node-process.js";
import { bytes, expectSameBits, resultsOf } from "./helpers/results.js";

const mebibyte = 2 ** 20;
const batch = makeBatch(new Random(239), { outer: 8, channels: 16, inner: 20 });

const alone = await createWasmBackend({ threads: 1 });
const expected = await resultsOf(alone, batch);

/** A tensor of so many bytes. */
function ofBytes(backend: WasmBackend, size: number): WasmTensor {
  return backend.tensor(new Float32Array(size / 4), [size / 4]);
}

describe("values", () => {
  it("that were taken before the memory grew stay valid and live", async () => {
    const backend = await createWasmBackend({ threads: 2 });
    const state = backend.state([1, 2, 3], [3]);
    const { values } = state;
    const bytesBefore = values.buffer.byteLength;
    const large = ofBytes(backend, 40 * mebibyte);
    expect(large.values.buffer.byteLength).toBeGreaterThan(bytesBefore);
    expect([...values]).toEqual([1, 2, 3]);
    backend.axpy(10, backend.tensor([1, 2, 3], [3]), state);
    expect([...values]).toEqual([11, 22, 33]);
    values[1] = -1;
    expect([...(await state.data())]).toEqual([11, -1, 33]);
    const copy = backend.state([0, 0, 0], [3]);
    backend.assign(copy, state);
    expect([...copy.values]).toEqual([11, -1, 33]);
    backend.close();
  });

  it("are those that helper threads see, also in memory that came later", async () => {
    const backend = await createWasmBackend({ threads: 3 });
    const large = makeBatch(new Random(241), { outer: 64, channels: 32, inner: 1000 });
    const before = await resultsOf(alone, large);
    expectSameBits(await resultsOf(backend, large), before);
    const first = ofBytes(backend, 100 * mebibyte);
    expectSameBits(await resultsOf(backend, large), before);
    first.dispose();
    backend.close();
  });

  it("are of shared memory: another thread may read them where they lie", async () => {
    expect(alone.tensor([1], [1]).values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe("a backend that may have 4 MiB", () => {
  it("refuses more, says how much was asked and how much there is, and goes on", async () => {
    const backend = await createWasmBackend({ threads: 1, maximumMemory: 4 * mebibyte });
    const running = backend.state([1, 2], [2]);
    const before = backend.memory();
    const error = thrown(() => ofBytes(backend, 8 * mebibyte));
    expect(error).toBeInstanceOf(ResourceError);
    expect(error).toMatchObject({
      code: "ERR_OUT_OF_MEMORY",
      message: expect.stringMatching(
        /^a buffer of 8 MB was asked for, and of the 4 MB that this wasm backend may have 3\.9 MB are left, .*maximumMemory/,
      ),
    });
    expect(backend.memory()).toEqual(before);
    expect([...running.values]).toEqual([1, 2]);
    expectSameBits(await resultsOf(backend, batch), expected);
  });

  it("has them all: small tensors until none is left, and as many again", async () => {
    const backend = await createWasmBackend({ threads: 1, maximumMemory: 4 * mebibyte });
    const fill = () => {
      const made: WasmTensor[] = [];
      expect(() => {
        while (true) made.push(ofBytes(backend, 32768));
      }).toThrow(/a buffer of 0\.031 MB was asked for, .* 0\.0\d+ MB are left/);
      return made;
    };
    const made = fill();
    expect(made.length).toBeGreaterThan(120); // of 128, less the memory that the backend works in
    for (const tensor of made) tensor.dispose();
    expect(fill()).toHaveLength(made.length);
  });

  it("gives up buffers of other sizes to make room", async () => {
    const backend = await createWasmBackend({ threads: 1, maximumMemory: 4 * mebibyte });
    const held = backend.tensor([1, 2, 3], [3]);
    for (const size of [512, 4096, 32768]) {
      const made: WasmTensor[] = [];
      while (made.length * size < 3 * mebibyte) made.push(ofBytes(backend, size));
      for (const tensor of made) tensor.dispose();
    }
    const kept = backend.memory().pooledBytes;
    expect(kept).toBeGreaterThan(3 * mebibyte);
    const large = ofBytes(backend, 3 * mebibyte);
    expect(backend.memory().liveBuffers).toBe(2);
    expect(backend.memory().pooledBytes).toBeLessThan(mebibyte);
    large.values.fill(7);
    expect([...held.values]).toEqual([1, 2, 3]);
    large.dispose();
    expectSameBits(await resultsOf(backend, batch), expected);
  });

  it("may lack room at any point of a step: it says so, nothing was changed, nothing is held", async () => {
    const view: View = { outer: 4, channels: 4096, inner: 1 }; // working memory is a buffer of its own
    const wide = makeBatch(new Random(251), view);
    const failed = new Set<string>();
    for (let ballast = 0; ballast < 3.85 * mebibyte; ballast += 32768) {
      const backend = await createWasmBackend({ threads: 1, maximumMemory: 4 * mebibyte });
      const state = (values: Values) => backend.state(values, [4096]);
      const running = { mean: state(wide.beta), variance: state(wide.gamma) };
      const p = { weight: state(wide.gamma), bias: state(wide.beta) };
      if (ballast > 0) ofBytes(backend, ballast);
      const before = backend.memory().liveBuffers;
      const made: ({ dispose(): void } | null)[] = [];
      let doing = "";
      const keep = <T extends { dispose(): void } | null>(name: string, work: () => T): T => {
        doing = name;
        const result = work();
        made.push(result);
        return result;
      };
      try {
        const x = keep("tensor", () => backend.tensor(wide.x, [4, 4096]));
        const weight = keep("retain", () => backend.retain(p.weight));
        const pass = { x, view, ...p, eps: 1e-5, activation: null };
        const alone = keep("moments", () => backend.moments(pass));
        const copy = keep("importMoments", () => backend.importMoments(new Float64Array(1 + 3 * 4096).fill(1)));
        keep("merge", () => backend.merge([alone, copy]));
        const sums = keep("gradientSums", () => backend.gradientSums(pass, alone, x));
        keep("merge of gradient sums", () => backend.merge([sums]));
        keep("apply", () => backend.apply(pass, alone, null));
        const trained = keep("train", () => {
          const { y, moments } = backend.train(pass, null);
          made.push(y);
          return moments;
        });
        const gradients = keep("backward", () => {
          const { dx, dweight, dbias } = backend.backward({ ...pass, weight }, trained, x, everything);
          made.push(dx, dweight);
          return dbias;
        });
        expect(gradients?.values).toHaveLength(4096);
      } catch (error) {
        expect(error, doing).toMatchObject({ name: "ResourceError", code: "ERR_OUT_OF_MEMORY" });
        failed.add(doing);
      }
      for (const value of made) value?.dispose();
      expect(backend.memory().liveBuffers, doing).toBe(before);
      expect(bytes(running.mean.values).equals(bytes(wide.beta))).toBe(true);
      expect(bytes(p.weight.values).equals(bytes(wide.gamma))).toBe(true);
    }
    expect([...failed]).toEqual(
      expect.arrayContaining(["tensor", "moments", "gradientSums", "apply", "train", "backward"]),
    );
  });
});

describe("a training loop", () => {
  const view: View = { outer: 64, channels: 32, inner: 8 };
  const data = makeBatch(new Random(257), view);

  function memoryOf(backend: WasmBackend): number {
    const tensor = backend.tensor([1], [1]);
    const { byteLength } = tensor.values.buffer;
    tensor.dispose();
    return byteLength;
  }

  function trainer(backend: WasmBackend) {
    const { pass } = upload(backend, data);
    const running = { mean: backend.state(data.beta, [32]), variance: backend.state(data.gamma, [32]) };
    /** Everything that a step makes. */
    return () => {
      const x = backend.tensor(data.x, [64, 32, 8]);
      const dy = backend.tensor(data.dy, [64, 32, 8]);
      const { y, moments } = backend.train({ ...pass, x }, null);
      backend.move(running, moments, 0.1, 1);
      const { dx, dweight, dbias } = backend.backward({ ...pass, x }, moments, dy, everything);
      return [x, dy, y, moments, dx, dweight, dbias];
    };
  }

  it("that disposes what it makes holds as much after each step as after the first", async () => {
    const backend = await createWasmBackend({ threads: 1 });
    const step = trainer(backend);
    for (const made of step()) made?.dispose();
    const reached = memoryOf(backend);
    const after = backend.memory();
    for (let i = 0; i < 300; i++) {
      for (const made of step()) made?.dispose();
    }
    expect(backend.memory()).toEqual(after);
    expect(memoryOf(backend)).toBe(reached);
  });

  it("that disposes nothing goes on in 256 MiB where the event loop runs now and then", async () => {
    const backend = await createWasmBackend({ threads: 2, maximumMemory: 256 * mebibyte });
    const step = trainer(backend);
    let most = 0;
    for (let i = 1; i <= 10_000; i++) {
      const [, , y] = step();
      if (i % 50 !== 0) continue;
      most = Math.max(most, backend.memory().liveBuffers);
      await new Promise((resolve) => setImmediate(resolve));
      expect(y as WasmTensor).toBeDefined();
    }
    expect(most).toBeLessThan(10_000); // of the 70,000 that were made
    backend.close();
  });
});

describe("a forgotten tensor", () => {
  it("returns its buffer, but not while someone holds its values", async () => {
    const printed = await runNode(
      `
      import { setTimeout } from "node:timers/promises";
      const { createWasmBackend } = await import(dist + "node.js");
      const backend = await createWasmBackend({ threads: 1, maximumMemory: 16 * 2 ** 20 });
      const length = 2 ** 18;
      const make = (value) => backend.tensor(new Float32Array(length).fill(value), [length]);
      let kept = (() => make(5).values)();
      (() => { for (let i = 0; i < 10; i++) make(i); })();
      const until = async (live) => {
        for (let i = 0; i < 200 && backend.memory().liveBuffers > live; i++) {
          gc();
          await setTimeout(5);
        }
        return backend.memory().liveBuffers;
      };
      const printed = [backend.memory().liveBuffers, await until(1)];
      for (let i = 0; i < 3; i++) {
        (() => { for (let i = 0; i < 10; i++) make(i); })(); // more than fits beside those of the round before
        printed.push(await until(1));
      }
      printed.push(kept.every((value) => value === 5));
      kept = null;
      printed.push(await until(0));
      console.log(printed.join(" "));
    `,
      ["--expose-gc"],
    );
    expect(printed).toBe("11 1 1 1 1 true 0");
  });
});

describe("maximumMemory", () => {
  it.each([
    [0, "got 0"],
    [-1, "got -1"],
    [Number.NaN, "got NaN"],
    ["1", 'got the string "1"'],
    [2 ** 33, "got 8589934592"],
    [2 ** 32 + 1, "got 4294967297"],
    [mebibyte - 1, "got 1048575"],
    [Infinity, "got Infinity"],
    [null, "got null"],
  ])("cannot be %o", async (maximumMemory, came) => {
    const error = await createWasmBackend({ maximumMemory: maximumMemory as number }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({
      message: `maximumMemory must be a number of bytes from 1048576 (1 MiB) to 4294967296 (4 GiB, WebAssembly's limit), ${came}`,
    });
  });

  it.each([mebibyte, mebibyte + 1, 2 ** 21 - 0.5, 2 ** 32, undefined])("may be %o", async (maximumMemory) => {
    const backend = await createWasmBackend({ threads: 2, maximumMemory });
    expectSameBits(await resultsOf(backend, batch), expected);
    backend.close();
  });

  it("of which not even the address space is to be had is an error that says so", async () => {
    class Refusing {
      constructor() {
        throw new RangeError("WebAssembly.Memory(): could not allocate memory");
      }
    }
    vi.spyOn(WebAssembly, "Memory").mockImplementation(Refusing as unknown as typeof WebAssembly.Memory);
    const error = await createWasmBackend().catch((error: unknown) => error);
    vi.restoreAllMocks();
    expect(error).toMatchObject({
      name: "ResourceError",
      code: "ERR_OUT_OF_MEMORY",
      message: expect.stringContaining("maximumMemory"),
    });
  });
});
