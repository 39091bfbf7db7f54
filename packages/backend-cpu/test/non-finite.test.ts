import * as specification from "@batchnorm/core/specification";
import { expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";

const backend = createCpuBackend();

it("ReLU keeps a NaN and cuts an infinity by its sign, as the specification does", () => {
  const x = backend.tensor([Number.NaN, Infinity, -Infinity, -1, 0, 2], [6, 1]);
  const view = { outer: 6, channels: 1, inner: 1 };
  const statistics = { mean: backend.state([0], [1]), variance: backend.state([1], [1]) };
  const pass = { x, view, weight: null, bias: null, eps: 0, activation: "relu" } as const;
  expect([...backend.apply(pass, statistics, null).values]).toEqual([Number.NaN, Infinity, 0, 0, 0, 2]);
  const dy = backend.tensor([1, 2, Number.NaN, Infinity, 5, 6], [6, 1]);
  const o = { needs: { dx: true, affine: false }, out: null, sums: null };
  const { dx } = backend.backward(pass, statistics, dy, o);
  expect([...(dx?.values ?? [])]).toEqual([1, 2, 0, 0, 0, 6]);
});

it("a variance beyond float64 is infinite, and its channel all beta, as the specification has it", () => {
  const x = backend.tensor(Float64Array.of(1e200, 1, -1e200, 2, 1e200, 3), [3, 2]);
  const view = { outer: 3, channels: 2, inner: 1 };
  const bias = backend.state([5, 7], [2], "float64");
  const { y, moments } = backend.train({ x, view, weight: null, bias, eps: 1e-5, activation: null }, null);
  const ran = specification.train(x.values, view, { gamma: null, beta: [5, 7], eps: 1e-5, activation: null });
  expect(ran.variance[0]).toBe(Infinity);
  expect(moments.values[4]).toBe(Infinity);
  expect([y.values[0], y.values[2], y.values[4]]).toEqual([5, 5, 5]);
});
