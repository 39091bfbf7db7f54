import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";

const o = { eps: 1e-5, activation: null, out: null, needs: { dx: true, affine: true } };

describe.each([
  { outer: 0, channels: 3, inner: 4 },
  { outer: 2, channels: 3, inner: 0 },
])("an empty batch, $outer x $channels x $inner", (view) => {
  const backend = createCpuBackend();
  const shape = [view.outer, view.channels, view.inner];
  const x = backend.tensor([], shape);
  const dy = backend.tensor([], shape);
  const p = { weight: backend.state([1, 2, 3], [3]), bias: backend.state([4, 5, 6], [3]) };
  const statistics = { mean: backend.state([1, 2, 3], [3]), variance: backend.state([1, 2, 3], [3]) };

  it("has an empty result in training and inference", () => {
    const { y, moments } = backend.train(x, view, p, o);
    expect(y.shape).toEqual(shape);
    expect(y.values).toHaveLength(0);
    expect(moments.count).toBe(0);
    expect(backend.infer(x, view, statistics, p, o).values).toHaveLength(0);
  });

  it("has an empty dx, and parameter gradients of zeros", () => {
    const { moments } = backend.train(x, view, p, o);
    for (const from of [{ moments }, { statistics }]) {
      const gradients = backend.backward(dy, x, view, from, p, o);
      expect(gradients.dx?.values).toHaveLength(0);
      expect([...(gradients.dweight?.values ?? [])]).toEqual([0, 0, 0]);
      expect([...(gradients.dbias?.values ?? [])]).toEqual([0, 0, 0]);
    }
  });

  it("has moments of zeros", async () => {
    expect(await backend.exportMoments(backend.moments(x, view))).toEqual(new Float64Array(10));
  });
});

it("a tensor without channels has results without channels", () => {
  const backend = createCpuBackend();
  const view = { outer: 4, channels: 0, inner: 3 };
  const x = backend.tensor([], [4, 0, 3]);
  const p = { weight: backend.state([], [0]), bias: backend.state([], [0]) };
  const { y, moments } = backend.train(x, view, p, o);
  const { dx, dweight } = backend.backward(x, x, view, { moments }, p, o);
  expect([y, dx, dweight].map((t) => t?.values.length)).toEqual([0, 0, 0]);
});
