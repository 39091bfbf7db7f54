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

  it("has nothing to say of an empty result", () => {
    expect(observe(where, [], [], [], "float32")).toMatchObject({ values: 0, ulp: 0, worst: null });
  });
});

describe("the table of bounds", () => {
  it("never goes beyond the goals for float32 against the specification", () => {
    const judged = { backend: "cpu", dtype: "float32", against: "specification" } as const;
    for (const data of ["ordinary", "offset"] as const) {
      for (const operation of ["y", "dx"] as const)
        expect(boundOf({ ...judged, data }, operation)).toBeLessThanOrEqual(1);
      for (const operation of ["dweight", "dbias", "running_mean", "running_var"] as const) {
        expect(boundOf({ ...judged, data }, operation)).toBeLessThanOrEqual(2);
      }
    }
  });

  it("has no bound for what was never measured", () => {
    const judged = { backend: "abacus", dtype: "float32", against: "specification", data: "ordinary" } as const;
    expect(() => boundOf(judged, "y")).toThrow("no row for backend abacus");
  });
});

it("reads PyTorch's values", () => {
  const [kase] = pytorchCases({
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
  expect(kase?.data).toBe("offset");
  expect(kase?.state).toEqual({ running_mean: new Float32Array([1]), num_batches_tracked: 4 });
  expect(kase?.steps).toEqual([
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
