import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { inferenceErrors, trainingErrors } from "./helpers/against-specification.js";
import { makeBatch, ordinary } from "./helpers/batch.js";
import { beyond, type Errors, worst } from "./helpers/bounds.js";
import { dataClasses } from "./helpers/data-classes.js";
import { Random } from "./helpers/random.js";

const backend = createCpuBackend();

const views = [
  { outer: 3, channels: 4, inner: 150 },
  { outer: 70, channels: 5, inner: 1 },
  { outer: 9, channels: 4, inner: 7 },
  { outer: 2, channels: 2, inner: 1 },
];

describe.each([null, "relu"] as const)(
  "float32 with activation %s is within the bounds of the specification",
  (activation) => {
    it.each(dataClasses)("on $name", ({ fill }) => {
      const random = new Random(47);
      let errors: Errors = {};
      for (const view of views) {
        const batch = makeBatch(random, view, "float32", fill);
        errors = worst(errors, trainingErrors(backend, batch, activation));
        errors = worst(errors, inferenceErrors(backend, batch, activation));
      }
      expect(beyond(errors, "float32")).toEqual({});
    });

    it.each([1e-12, 1e-3, 1, 1e6])("with an epsilon of %d", (eps) => {
      const random = new Random(53);
      for (const view of views) {
        const batch = { ...makeBatch(random, view), eps };
        expect(beyond(trainingErrors(backend, batch, activation), "float32")).toEqual({});
        expect(beyond(inferenceErrors(backend, batch, activation), "float32")).toEqual({});
      }
    });

    it.each([
      ["gamma 0", 0, 1],
      ["beta 0", 1, 0],
      ["a negative gamma", -3, 0.5],
      ["a beta that dwarfs gamma", 1e-3, 1e4],
      ["a gamma that dwarfs beta", 1e4, 1e-3],
      ["tiny parameters", 1e-20, 1e-20],
    ])("with %s", (_, gamma, beta) => {
      const random = new Random(59);
      for (const view of views) {
        const batch = makeBatch(random, view);
        batch.gamma.fill(gamma);
        batch.beta.fill(beta);
        expect(beyond(trainingErrors(backend, batch, activation), "float32")).toEqual({});
        expect(beyond(inferenceErrors(backend, batch, activation), "float32")).toEqual({});
      }
    });

    it("with gradients from tiny to huge", () => {
      const random = new Random(61);
      for (const size of [1e-30, 1e-10, 1e10, 1e30]) {
        const batch = makeBatch(random, views[0], "float32", ordinary);
        batch.dy.forEach((g, i) => {
          batch.dy[i] = g * size;
        });
        expect(beyond(trainingErrors(backend, batch, activation), "float32")).toEqual({});
        expect(beyond(inferenceErrors(backend, batch, activation), "float32")).toEqual({});
      }
    });
  },
);

it("ReLU lets no gradient through where its input is exactly 0, in training as well", () => {
  for (const view of [
    { outer: 3, channels: 2, inner: 30 },
    { outer: 30, channels: 2, inner: 1 },
  ]) {
    const batch = makeBatch(new Random(179), view, "float32", (_, c, i) => (c + 1) * ((i % 3) - 1));
    batch.beta.fill(0);
    expect(beyond(trainingErrors(backend, batch, "relu"), "float32")).toEqual({});
  }
});

it("parameters that are absent count as 1 and 0, to the bit, and have no gradients", () => {
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
