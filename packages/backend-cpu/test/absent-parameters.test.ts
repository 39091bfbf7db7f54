import { expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { Random } from "./helpers/random.js";

it("parameters that are absent count as 1 and 0, to the bit, and have no gradients", () => {
  const backend = createCpuBackend();
  const random = new Random(67);
  const o = { eps: 1e-5, activation: "relu", out: null, needs: { dx: true, affine: true } } as const;
  const x = backend.tensor(random.normals(60), [3, 4, 5]);
  const dy = backend.tensor(random.normals(60), [3, 4, 5]);
  const view = { outer: 3, channels: 4, inner: 5 };
  const ones = { weight: backend.state([1, 1, 1, 1], [4]), bias: backend.state([0, 0, 0, 0], [4]) };
  const without = backend.train(x, view, { weight: null, bias: null }, o);
  expect(without.y.values).toEqual(backend.train(x, view, ones, o).y.values);
  const gradients = backend.backward(dy, x, view, without, { weight: null, bias: null }, o);
  expect(gradients.dx?.values).toEqual(backend.backward(dy, x, view, without, ones, o).dx?.values);
  expect(gradients).toMatchObject({ dweight: null, dbias: null });
  expect(backend.backward(dy, x, view, without, { ...ones, bias: null }, o).dbias).toBeNull();
});
