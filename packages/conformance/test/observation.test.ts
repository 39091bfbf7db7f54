import { describe, expect, it } from "vitest";
import { boundOf, observe, pytorchCases } from "../src/index.js";

const where = {
  case: "one",
  data: "ordinary",
  step: 0,
  mode: "train",
  operation: "y",
  against: "specification",
} as const;

describe("observe", () => {
  it("tells the worst error, where it is and what was expected", () => {
    const ulp = 2 ** -23;
    const seen = observe(where, [1, 1 + 2 * ulp, 1], [1, 1, 1 + ulp], [1, 1, 1], "float32");
    expect(seen).toMatchObject({ values: 3, ulp: 2, worst: { index: 1, actual: 1 + 2 * ulp, expected: 1 } });
  });

  it("is infinitely wrong for another length and for a result that is not finite", () => {
    expect(observe(where, [1], [1, 1], [1, 1], "float32").ulp).toBe(Number.POSITIVE_INFINITY);
    expect(observe(where, [Number.NaN], [1], [1], "float32").ulp).toBe(Number.POSITIVE_INFINITY);
    expect(observe(where, [Number.NaN], [Number.NaN], [Number.NaN], "float32").ulp).toBe(0);
  });

  it("holds results against what float64 has no room for", () => {
    const third = { high: [1 / 3], low: [2 ** -54 / 3] };
    expect(observe(where, [1 / 3], third, [1 / 3], "float64").ulp).toBeCloseTo(1 / 3);
    expect(observe(where, [1 / 3 + 2 ** -54], third, [1 / 3], "float64").ulp).toBeCloseTo(2 / 3);
  });

  it("demands what float32 cannot hold of results in float64 alone", () => {
    expect(observe(where, [Infinity], [1e40], [1e40], "float32").ulp).toBe(0);
    expect(observe(where, [Infinity], [1e40], [1e40], "float32", "float64").ulp).toBe(Infinity);
    expect(observe(where, [1e40], [1e40], [1e40], "float32", "float64").ulp).toBe(0);
  });

  it("has nothing to say of an empty result", () => {
    expect(observe(where, [], [], [], "float32")).toMatchObject({ values: 0, ulp: 0, worst: null });
  });
});

describe("boundOf", () => {
  const bounds = [{ dtype: "float32", against: "specification", data: "ordinary", ulp: { y: 1 } }] as const;
  const judged = { dtype: "float32", against: "specification", data: "ordinary", operation: "y" } as const;

  it("finds the bound of an operation", () => {
    expect(boundOf(bounds, judged)).toBe(1);
  });

  it("has none for what was never measured", () => {
    const message = "the bounds have no dx for float32 against specification values on ordinary data";
    expect(() => boundOf(bounds, { ...judged, operation: "dx" })).toThrow(message);
    expect(() => boundOf(bounds, { ...judged, data: "long" })).toThrow("no y for float32");
  });
});

it("reads PyTorch's values", () => {
  const [testCase] = pytorchCases({
    torch: "2.15.0",
    cases: [
      {
        name: "offset-1",
        about: "",
        options: { kind: "BatchNorm1d", numFeatures: 1 },
        repr: "BatchNorm1d(1)",
        state: { running_mean: { f32: "AACAPw==" }, num_batches_tracked: 4 },
        steps: [
          {
            do: "eval",
            x: { f32: "AACAPwAAAEA=", shape: [2, 1] },
            expected: {
              y: { f64: "AAAAAAAA8D8AAAAAAAAAQA==" },
              runningMean: { f64: "AAAAAAAA8D8=" },
              numBatchesTracked: 4,
            },
          },
        ],
      },
    ],
  });
  expect(testCase?.data).toBe("offset");
  expect(testCase?.state).toEqual({ running_mean: new Float32Array([1]), num_batches_tracked: 4 });
  expect(testCase?.steps).toEqual([
    {
      do: "pass",
      accumulate: false,
      expected: { running_mean: new Float64Array([1]), num_batches_tracked: 4 },
      pass: {
        mode: "eval",
        shape: [2, 1],
        x: new Float32Array([1, 2]),
        dy: null,
        expected: { y: new Float64Array([1, 2]) },
      },
    },
  ]);
});
