import type { DType } from "@batchnorm/core";
import { hostBackend } from "@batchnorm/core/host";
import { everything, makeBatch, upload } from "@batchnorm/testing/batch";
import { bits } from "@batchnorm/testing/bits";
import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import { CpuKernels } from "../src/backend.js";
import { type CpuBackend, createCpuBackend } from "../src/index.js";
import { Pool, type PoolMemory } from "../src/pool.js";

const views = [
  { outer: 3, channels: 4, inner: 150 },
  { outer: 70, channels: 5, inner: 1 },
  { outer: 9, channels: 4, inner: 7 },
];

describe.each(["float32", "float64"] as const)("in %s", (dtype) => {
  const backend = createCpuBackend();

  it.each([null, "relu"] as const)("the pieces of a pass give the bits of the whole, activation %s", (activation) => {
    for (const view of views) {
      const { pass, dy } = upload(backend, makeBatch(new Random(73), view, dtype), activation);
      const fused = backend.train(pass, null);
      const moments = backend.merge([backend.moments(pass)]);
      expect(bits(backend.apply(pass, moments, null).values)).toEqual(bits(fused.y.values));

      const whole = backend.backward(pass, fused.moments, dy, everything);
      const sums = backend.merge([backend.gradientSums(pass, moments, dy)]);
      const pieces = backend.backward(pass, moments, dy, { ...everything, sums });
      for (const key of ["dx", "dweight", "dbias"] as const) {
        expect(bits(pieces[key]?.values as Float32Array), key).toEqual(bits(whole[key]?.values as Float32Array));
      }
    }
  });

  it.each([null, "relu"] as const)("dx has the same bits in the place of dy, activation %s", (activation) => {
    for (const view of views) {
      const { pass, dy } = upload(backend, makeBatch(new Random(127), view, dtype), activation);
      const channels = (value: number) => backend.state(new Float64Array(view.channels).fill(value), [view.channels]);
      for (const source of [backend.moments(pass), { mean: channels(1), variance: channels(2) }]) {
        const expected = bits(backend.backward(pass, source, dy, everything).dx?.values as Float32Array);
        const out = backend.tensor(dy.values, dy.shape);
        expect(backend.backward(pass, source, out, { ...everything, out }).dx).toBe(out);
        expect(bits(out.values)).toEqual(expected);
      }
    }
  });
});

it("the layout of memory does not change a float32 result", () => {
  const backend = createCpuBackend();
  const first = { outer: 6, channels: 5, inner: 40 };
  const last = { outer: 240, channels: 5, inner: 1 };
  const batch = makeBatch(new Random(89), first, "float32");
  const toLast = (values: ArrayLike<number>) =>
    Float32Array.from({ length: values.length }, (_, position) => {
      const c = position % 5;
      const row = Math.floor(position / 5);
      return values[(Math.floor(row / 40) * 5 + c) * 40 + (row % 40)];
    });
  const a = upload(backend, batch);
  const b = upload(backend, { ...batch, view: last, x: toLast(batch.x), dy: toLast(batch.dy) });
  const one = backend.train(a.pass, null);
  const other = backend.train(b.pass, null);
  expect(other.y.values).toEqual(toLast(one.y.values));
  const back = backend.backward(a.pass, one.moments, a.dy, everything);
  const backLast = backend.backward(b.pass, other.moments, b.dy, everything);
  expect(backLast.dx?.values).toEqual(toLast(back.dx?.values ?? []));
  expect(backLast.dweight?.values).toEqual(back.dweight?.values);
});

describe("the same call gives the same bits", () => {
  const batchOf = (dtype: DType) =>
    // so far from zero that float64 channels are summed a second time
    makeBatch(new Random(137), { outer: 6, channels: 5, inner: 33 }, dtype, (random, _, i) =>
      i === 0 ? -1e9 : 1e6 + random.normal(),
    );

  /** The bits of all results of a training step and of inference. */
  function resultsOf(backend: CpuBackend, dtype: DType): string[] {
    const { pass, dy } = upload(backend, batchOf(dtype), "relu");
    const { y, moments } = backend.train(pass, null);
    const statistics = { mean: pass.bias, variance: backend.state([1, 2, 3, 4, 5], [5]) };
    const inferred = backend.apply(pass, statistics, null);
    const gradients = [moments, statistics].map((source) => backend.backward(pass, source, dy, everything));
    const results = [y, inferred, ...gradients.flatMap(({ dx, dweight, dbias }) => [dx, dweight, dbias])];
    const all = [moments.values, ...results.map((t) => t?.values as Float32Array)].map(bits);
    // what goes back to the pool comes again full of NaN
    for (const t of [pass.x, dy, pass.weight, pass.bias, statistics.variance, moments, ...results]) {
      t?.values.fill(Number.NaN);
      t?.dispose();
    }
    return all;
  }

  it.each(["float32", "float64"] as const)("every time, in %s", (dtype) => {
    const backend = createCpuBackend();
    const first = resultsOf(backend, dtype);
    for (let i = 0; i < 3; i++) expect(resultsOf(backend, dtype)).toEqual(first);
  });

  it.each(["float32", "float64"] as const)("whatever buffers and scratch held before, in %s", (dtype) => {
    class FullOfNaN extends Pool {
      override take(...of: Parameters<Pool["take"]>): PoolMemory {
        const memory = super.take(...of);
        memory.array.fill(Number.NaN);
        return memory;
      }
    }
    const poisoned = hostBackend(new CpuKernels(new FullOfNaN(Infinity)));
    expect(resultsOf(poisoned, dtype)).toEqual(resultsOf(createCpuBackend(), dtype));
  });
});
