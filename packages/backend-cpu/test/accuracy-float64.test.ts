import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { inferenceErrors64, trainingErrors64 } from "./helpers/against-extended.js";
import { makeBatch } from "./helpers/batch.js";
import { beyond, type Errors, worst } from "./helpers/bounds.js";
import { dataClasses } from "./helpers/data-classes.js";
import { Random } from "./helpers/random.js";

const backend = createCpuBackend();

describe.each([null, "relu"] as const)(
  "float64 with activation %s is within the bounds of exact results",
  (activation) => {
    it.each(dataClasses)("on $name", ({ fill }) => {
      const random = new Random(41);
      let errors: Errors = {};
      for (const view of [
        { outer: 2, channels: 3, inner: 200 },
        { outer: 66, channels: 5, inner: 1 },
        { outer: 9, channels: 4, inner: 7 },
      ]) {
        const batch = makeBatch(random, view, "float64", fill);
        errors = worst(errors, trainingErrors64(backend, batch, activation));
        errors = worst(errors, inferenceErrors64(backend, batch, activation));
      }
      expect(beyond(errors, "float64")).toEqual({});
    });

    it.each([15, 16, 17, 127, 128, 129])("on views around the edges of runs, with %i values in a row", (inner) => {
      const random = new Random(inner);
      for (const outer of [1, 3, 4, 5]) {
        const batch = makeBatch(random, { outer, channels: 2, inner }, "float64");
        expect(beyond(trainingErrors64(backend, batch, activation), "float64")).toEqual({});
        expect(beyond(inferenceErrors64(backend, batch, activation), "float64")).toEqual({});
      }
    });

    it.each([3, 4, 5, 63, 64, 65, 129])("on views around the edges of tiles, with %i rows", (outer) => {
      const random = new Random(outer);
      for (const channels of [1, 2, 63]) {
        const batch = makeBatch(random, { outer, channels, inner: 1 }, "float64");
        expect(beyond(trainingErrors64(backend, batch, activation), "float64")).toEqual({});
        expect(beyond(inferenceErrors64(backend, batch, activation), "float64")).toEqual({});
      }
    });
  },
);

it("float64 keeps its bits where the mean lies 1e12 deviations from zero", () => {
  const batch = makeBatch(
    new Random(43),
    { outer: 3, channels: 2, inner: 50 },
    "float64",
    (random) => Math.fround(1e12) + Math.round(100 * random.normal()),
  );
  expect(beyond(trainingErrors64(backend, batch, null), "float64")).toEqual({});
});
