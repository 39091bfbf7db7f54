import { specification } from "@batchnorm/core";
import { expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";

const backend = createCpuBackend();

it("ReLU keeps a NaN and cuts an infinity by its sign, as the specification does", () => {
  const x = backend.tensor([Number.NaN, Infinity, -Infinity, -1, 0, 2], [6, 1]);
  const view = { outer: 6, channels: 1, inner: 1 };
  const statistics = { mean: backend.state([0], [1]), variance: backend.state([1], [1]) };
  const o = { eps: 0, activation: "relu", out: null, needs: { dx: true, affine: false } } as const;
  const none = { weight: null, bias: null };
  expect([...backend.infer(x, view, statistics, none, o).values]).toEqual([Number.NaN, Infinity, 0, 0, 0, 2]);
  const dy = backend.tensor([1, 2, Number.NaN, Infinity, 5, 6], [6, 1]);
  const { dx } = backend.backward(dy, x, view, { statistics }, none, o);
  expect([...(dx?.values ?? [])]).toEqual([1, 2, 0, 0, 0, 6]);
});

it("a variance beyond float64 is infinite, and its channel all beta, as the specification has it", () => {
  const x = backend.tensor(Float64Array.of(1e200, 1, -1e200, 2, 1e200, 3), [3, 2]);
  const view = { outer: 3, channels: 2, inner: 1 };
  const p = { weight: null, bias: backend.state([5, 7], [2], "float64") };
  const { y, moments } = backend.train(x, view, p, { eps: 1e-5, activation: null, out: null });
  const ran = specification.train(x.values, view, { gamma: null, beta: [5, 7], eps: 1e-5, activation: null });
  expect(ran.variance[0]).toBe(Infinity);
  expect(moments.arrays.m2[0]).toBe(Infinity);
  expect([y.values[0], y.values[2], y.values[4]]).toEqual([5, 5, 5]);
});

it("a float32 running variance overflows at 1e20, and says so by an infinity", () => {
  const x = backend.tensor([1e20, -1e20], [2, 1]);
  const running = { mean: backend.state([0], [1]), variance: backend.state([1], [1]) };
  const moments = backend.moments(x, { outer: 2, channels: 1, inner: 1 });
  backend.move(running, moments, 0.1, 1);
  expect(running.variance.values[0]).toBe(Infinity);
  expect(running.mean.values[0]).toBe(0);
});
