import { describe, expect, it } from "vitest";
import { coefficientsOf, hostBackend, rowCount, rows } from "../../src/host/index.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const backend = hostBackend(new PlainEngine());

/** Two channels: gamma 6 and -1, beta 1 and 2, eps 1. */
const pass = {
  x: backend.tensor(new Float32Array(8), [4, 2]),
  view: { outer: 4, channels: 2, inner: 1 },
  weight: backend.state([6, -1], [2]),
  bias: backend.state([1, 2], [2]),
  eps: 1,
  activation: null,
};
/** Variances 3 and 15, so that deviations are 2 and 4. */
const statistics = { mean: backend.state([1, 5], [2]), variance: backend.state([3, 15], [2]) };
/** The same, with low parts of the means. */
const moments = backend.importMoments(Float64Array.of(4, 1, 5, 0.25, -0.5, 12, 60));
const sums = backend.importGradientSums(Float64Array.of(8, 4, 4, 32));

/** The rows by their names. */
function named(coefficients: Float64Array): Record<string, number[]> {
  const { channels } = pass.view;
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, [...coefficients.subarray(row * channels, (row + 1) * channels)]]),
  );
}

describe("what kernels apply", () => {
  it("is (x - mean) scale + shift by statistics", () => {
    expect(named(coefficientsOf(pass, statistics))).toEqual({
      mean: [1, 5],
      invStd: [0.5, 0.25],
      scale: [3, -0.25],
      shift: [1, 2],
      meanLow: [0, 0],
      slope: [0, 0],
      offset: [0, 0],
    });
  });

  it("has the low part of a mean in the shift, by moments", () => {
    expect(named(coefficientsOf(pass, moments))).toEqual({
      mean: [1, 5],
      invStd: [0.5, 0.25],
      scale: [3, -0.25],
      shift: [1 - 0.25 * 3, 2 - 0.5 * 0.25],
      meanLow: [0.25, -0.5],
      slope: [0, 0],
      offset: [0, 0],
    });
  });

  it("has slope and offset of the batch, by moments and gradient sums", () => {
    // slope: -scale sum(dz (x - mean)) / (m (variance + eps)); offset: -scale sum(dz) / m - meanLow slope
    const slope = [-(3 * 4) / (4 * 4), (0.25 * 32) / (4 * 16)] as const;
    expect(named(coefficientsOf(pass, moments, sums))).toMatchObject({
      slope: [...slope],
      offset: [-(3 * 8) / 4 - 0.25 * slope[0], (0.25 * 4) / 4 + 0.5 * slope[1]],
    });
  });

  it("is gamma 1 and beta 0 where there is no parameter", () => {
    const { scale, shift } = named(coefficientsOf({ ...pass, weight: null, bias: null }, statistics));
    expect({ scale, shift }).toEqual({ scale: [0.5, 0.25], shift: [0, 0] });
  });

  it("deviates by nothing where the moments are of no values", () => {
    const none = backend.importMoments(new Float64Array(7));
    expect(named(coefficientsOf(pass, none))).toMatchObject({ invStd: [1, 1], scale: [6, -1], shift: [1, 2] });
  });
});

describe("coefficients", () => {
  it.each([
    ["statistics", statistics, null],
    ["moments", moments, null],
    ["moments and gradient sums", moments, sums],
  ])("go into an array that is given, whatever it held: by %s", (_, source, sums) => {
    const into = new Float64Array(rowCount * pass.view.channels).fill(Number.NaN);
    expect(coefficientsOf(pass, source, sums, into)).toBe(into);
    expect(named(into)).toEqual(named(coefficientsOf(pass, source, sums)));
  });

  it("have as many rows as have names", () => {
    expect(Object.values(rows)).toEqual(Array.from({ length: rowCount }, (_, row) => row));
  });
});
