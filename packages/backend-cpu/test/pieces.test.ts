import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import { Random } from "./helpers/random.js";

const views = [
  { outer: 3, channels: 4, inner: 150 },
  { outer: 70, channels: 5, inner: 1 },
  { outer: 9, channels: 4, inner: 7 },
];

describe.each(["float32", "float64"] as const)("the pieces of a pass in %s give the bits of the whole", (dtype) => {
  const backend = createCpuBackend();

  it.each([null, "relu"] as const)("with activation %s", (activation) => {
    for (const view of views) {
      const { x, dy, p, o } = upload(backend, makeBatch(new Random(73), view, dtype), activation);
      const fused = backend.train(x, view, p, o);
      const moments = backend.merge([backend.moments(x, view)]);
      expect(bits(backend.normalize(x, view, moments, p, o).values)).toEqual(bits(fused.y.values));

      const whole = backend.backward(dy, x, view, fused, p, o);
      const sums = backend.mergeGradientSums([backend.gradientSums(dy, x, view, moments, p, o)]);
      const pieces = backend.gradients(dy, x, view, moments, sums, p, o);
      for (const key of ["dx", "dweight", "dbias"] as const) {
        expect(bits(pieces[key]?.values as Float32Array), key).toEqual(bits(whole[key]?.values as Float32Array));
      }
    }
  });
});

describe("what is not asked for", () => {
  const backend = createCpuBackend();
  const { x, dy, p, view, o } = upload(backend, makeBatch(new Random(79), views[2]));
  const moments = backend.moments(x, view);
  const statistics = { mean: backend.state([0, 1, 2, 3], [4]), variance: backend.state([1, 2, 3, 4], [4]) };

  it.each([
    ["training", { moments }],
    ["inference", { statistics }],
  ])("is null and costs no buffer, in %s", (_, from) => {
    const before = backend.memory().liveBuffers;
    const ask = (dx: boolean, affine: boolean) =>
      backend.backward(dy, x, view, from, p, { ...o, needs: { dx, affine } });
    expect(ask(false, false)).toEqual({ dx: null, dweight: null, dbias: null });
    expect(backend.memory().liveBuffers).toBe(before);
    const onlyX = ask(true, false);
    expect(onlyX).toMatchObject({ dweight: null, dbias: null });
    expect(backend.memory().liveBuffers).toBe(before + 1);
    const onlyAffine = ask(false, true);
    expect(onlyAffine.dx).toBeNull();
    expect(backend.memory().liveBuffers).toBe(before + 3);
    const all = ask(true, true);
    expect(all.dx?.values).toEqual(onlyX.dx?.values);
    expect(all.dweight?.values).toEqual(onlyAffine.dweight?.values);
    expect(all.dbias?.values).toEqual(onlyAffine.dbias?.values);
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
  const one = backend.train(a.x, first, a.p, a.o);
  const other = backend.train(b.x, last, b.p, b.o);
  expect(other.y.values).toEqual(toLast(one.y.values));
  const back = backend.backward(a.dy, a.x, first, one, a.p, a.o);
  const backLast = backend.backward(b.dy, b.x, last, other, b.p, b.o);
  expect(backLast.dx?.values).toEqual(toLast(back.dx?.values ?? []));
  expect(backLast.dweight?.values).toEqual(back.dweight?.values);
});
