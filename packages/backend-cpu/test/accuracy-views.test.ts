import type { View } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { inferenceErrors, trainingErrors } from "./helpers/against-specification.js";
import { makeBatch } from "./helpers/batch.js";
import { beyond } from "./helpers/bounds.js";
import fc from "./helpers/properties.js";
import { Random } from "./helpers/random.js";

const backend = createCpuBackend();

function expectWithinBounds(view: View, seed: number): void {
  const batch = makeBatch(new Random(seed), view);
  for (const activation of [null, "relu"] as const) {
    expect(beyond(trainingErrors(backend, batch, activation), "float32")).toEqual({});
    expect(beyond(inferenceErrors(backend, batch, activation), "float32")).toEqual({});
  }
}

/** Runs of a channel are cut by 128; those shorter than 16 are taken by columns, in tiles of up to 64 rows. */
const edges = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65].flatMap((outer) =>
  [1, 2, 7, 14, 15, 16, 17, 31, 64, 127, 128, 129, 130, 255, 256, 257]
    .filter((inner) => inner < 16 || outer <= 5)
    .map((inner) => ({ outer, inner })),
);

describe("float32 results are within the bounds of the specification", () => {
  it.each(edges)("on $outer rows, with $inner values of a channel in a row", ({ outer, inner }) => {
    expectWithinBounds({ outer, channels: 1 + ((outer + inner) % 3), inner }, outer * 1000 + inner);
  });

  // a tile holds 4096 or 8192 elements, but from 4 to 64 rows: its edges lie at rows of 64, 128, 1024 and 2048 elements
  it.each([
    [63, [1, 64, 65]],
    [64, [1, 63, 64, 65, 66, 128, 129]],
    [65, [63, 64, 65, 127]],
    [127, [31, 32, 33, 64]],
    [128, [32, 33, 64, 65]],
    [129, [31, 32, 63]],
    [512, [7, 8, 9, 16, 17]],
    [1023, [4, 5, 8]],
    [1024, [3, 4, 5, 8, 9]],
    [1025, [3, 4, 5]],
    [1200, [1, 4, 7]],
    [2047, [4, 5]],
    [2048, [4, 5]],
    [2049, [4, 5]],
  ])("in channels-last with %i channels, on %j rows", (channels, rows) => {
    for (const outer of rows) expectWithinBounds({ outer, channels, inner: 1 }, channels * 100 + outer);
  });

  it.each([
    [9, 7],
    [64, 15],
    [68, 15],
    [69, 15],
    [600, 2],
    [300, 7],
  ])("with %i channels of %i values in a row", (channels, inner) => {
    for (const outer of [1, 3, 4, 5, 9]) expectWithinBounds({ outer, channels, inner }, channels + inner);
  });

  it("on any view", () => {
    fc.assert(
      fc.property(
        fc.record({
          outer: fc.integer({ min: 1, max: 70 }),
          channels: fc.integer({ min: 1, max: 12 }),
          inner: fc.integer({ min: 1, max: 140 }),
        }),
        fc.nat(),
        expectWithinBounds,
      ),
      { numRuns: 40 },
    );
  });
});
