import { expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { makeInputs } from "../helpers/operations.js";
import { engines } from "../helpers/plain-engine.js";

it.each(engines)("parameters that are absent count as 1 and 0, to the bit, and have no gradients: %s", (_, make) => {
  const backend = hostBackend(make());
  const o = { needs: { dx: true, affine: true }, out: null, sums: null };
  const inputs = makeInputs(backend, { outer: 3, channels: 4, inner: 5 }, { dtype: "float64", activation: "relu" });
  const { dy } = inputs;
  const ones = { ...inputs, weight: backend.state([1, 1, 1, 1], [4]), bias: backend.state([0, 0, 0, 0], [4]) };
  const none = { ...inputs, weight: null, bias: null };
  const without = backend.train(none, null);
  expect(without.y.values).toEqual(backend.train(ones, null).y.values);
  expect(backend.apply(none, inputs, null).values).toEqual(backend.apply(ones, inputs, null).values);
  for (const source of [without.moments, inputs]) {
    const gradients = backend.backward(none, source, dy, o);
    expect(gradients.dx?.values).toEqual(backend.backward(ones, source, dy, o).dx?.values);
    expect(gradients).toMatchObject({ dweight: null, dbias: null });
    expect(backend.backward({ ...ones, bias: null }, source, dy, o).dbias).toBeNull();
  }
});
