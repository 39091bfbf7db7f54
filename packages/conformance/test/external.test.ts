import { createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { boundsOf, examine, type Verdict } from "../src/index.js";
import { type ExternalCase, type ExternalFile, externalChecks } from "../src/published/index.js";

/** Two values, -1 and 1, whose variance is 1; with eps 3 they become -1/2 and 1/2. */
const train: ExternalCase = {
  suite: "by hand",
  name: "two values",
  kind: "forward-train",
  dtype: "float32",
  shape: [2, 1],
  axis: 1,
  x: [-1, 1],
  gamma: null,
  beta: null,
  mean: [4],
  var: [4],
  eps: 3,
  momentum: 0.5,
  expected: { y: [-0.5, 0.5], batchMean: [0], batchVar: [1], batchInvStd: [0.5], runningMean: [2], runningVar: [3] },
};

function fileOf(...cases: ExternalCase[]): ExternalFile {
  return { suite: "by hand", source: {}, tolerance: { kind: "abs+rel", atol: 1e-6, rtol: 0 }, cases };
}

async function verdicts(file: Parameters<typeof externalChecks>[0][number]): Promise<Verdict[]> {
  const found: Verdict[] = [];
  const backend = createCpuBackend() as unknown as Backend;
  for await (const one of examine(backend, externalChecks([file]), { bounds: boundsOf("cpu") })) found.push(one);
  return found;
}

async function verdictOf(testCase: ExternalCase): Promise<string> {
  const [verdict] = await verdicts(fileOf(testCase));
  return verdict?.outcome === "failed" ? verdict.message : (verdict?.outcome ?? "nothing");
}

describe("a published case", () => {
  const evaluate = { ...train, mean: [1], var: [1] };
  it.each<[string, ExternalCase]>([
    ["in training, by the unbiased variance", train],
    [
      "in training, by the biased one",
      { ...train, runningVarConvention: "population", expected: { runningVar: [2.5] } },
    ],
    ["in evaluation", { ...evaluate, kind: "forward-eval", expected: { y: [-1, 0] } }],
    [
      "in evaluation after training",
      {
        ...train,
        kind: "train-then-eval",
        eps: 1,
        expected: { yEvalAfter: [-1.5, -0.5], yEvalAfterPartial: { 1: -0.5 } },
      },
    ],
    [
      "backward in training",
      {
        ...train,
        kind: "backward-train",
        gamma: [1],
        beta: [0],
        dy: [1, 0],
        expected: { dx: [0.1875, -0.1875], dgamma: [-0.5], dbeta: [1] },
      },
    ],
    [
      "backward in evaluation",
      {
        ...evaluate,
        kind: "backward-eval",
        gamma: [1],
        beta: [0],
        dy: [1, 1],
        expected: { dx: [0.5, 0.5], dgamma: [-1], dbeta: [2], dmean: [99] },
      },
    ],
    [
      "backward by given statistics",
      {
        ...train,
        kind: "backward-given-stats",
        x: [0, 0],
        mean: [0],
        var: [1],
        gamma: [1],
        beta: [0],
        dy: [1, 3],
        expected: { dx: [-0.5, 0.5], dgamma: [0], dbeta: [4] },
      },
    ],
    [
      "in gradient descent",
      {
        ...train,
        kind: "sgd-sequence",
        gamma: [1],
        beta: [0],
        target: [0, 0],
        lr: 0.5,
        steps: 1,
        expected: { loss: [0.25], gamma: [0.75], beta: [0] },
      },
    ],
    ["with a second right answer", { ...train, expected: { y: [9, 9] }, alternative: { y: [-0.5, 0.5] } }],
    ["in ulp", { ...train, tolerance: { kind: "ulp", ulp: 1 }, expected: { y: [-0.5, 0.5 + 2 ** -24] } }],
    ["that is refused here: a negative eps", { ...train, eps: -1 }],
  ])("%s comes out", async (_, testCase) => {
    expect(await verdictOf(testCase)).toBe("passed");
  });

  it("that does not come out tells what came, what is published, and the convention", async () => {
    const message = await verdictOf({ ...train, runningVarConvention: "unbiased", expected: { runningVar: [2.5] } });
    expect(message).toContain("by hand: two values [forward-train], float32: runningVar[0] is 3, published is 2.5");
    expect(message).toContain("the unbiased one");
  });

  it("with too few values, or with values of something that the kind does not compute, does not pass", async () => {
    expect(await verdictOf({ ...train, expected: { y: [-0.5] } })).toContain("y has 2 values, expected 1");
    expect(await verdictOf({ ...train, expected: { dx: [0] } })).toContain("there is no dx");
  });

  it("in float64 is asked in float32 as well, each in its tolerance", () => {
    const tolerance = { kind: "abs+rel", atol: 1e-6, rtol: 0, float64: { kind: "abs+rel", atol: 0, rtol: 0 } } as const;
    const checks = externalChecks([{ ...fileOf({ ...train, dtype: "float64" }), tolerance }]);
    expect(checks.map(({ dtype }) => dtype)).toEqual(["float64", "float32"]);
  });

  it("that expects what nothing is known about, or has no tolerance, is an error at once", () => {
    expect(() => externalChecks([fileOf({ ...train, expected: { logits: [1] } })])).toThrow("expects logits");
    expect(() => externalChecks([fileOf({ ...train, kind: "forward-sideways" as "forward-eval" })])).toThrow(
      "forward-sideways",
    );
    expect(() => externalChecks([{ ...fileOf(train), tolerance: null }])).toThrow("has no tolerance");
  });
});

describe("a published shape", () => {
  const row = { file: "shapes", name: "one", desc: "", eps: 1 / 16 };
  const file = (...shapes: number[][]) => ({
    suite: "by hand",
    source: {},
    shapes: shapes.map((shape) => ({ ...row, shape })),
  });

  it("is compared with the specification, in both types where it is small", async () => {
    const found = await verdicts(file([2, 3, 4, 5], [1, 2, 1]));
    expect(found.map(({ check: { dtype }, outcome }) => `${dtype} ${outcome}`)).toEqual([
      "float32 passed",
      "float64 passed",
      "float32 passed",
      "float64 passed",
    ]);
  });

  it("that is large has fewer samples, and some of its channels compared, and says so", async () => {
    const [verdict, ...others] = await verdicts(file([64, 24, 64, 64]));
    expect(others).toEqual([]);
    expect(verdict?.outcome).toBe("passed");
    expect(verdict?.check).toMatchObject({ large: true, dtype: "float32" });
    expect(verdict?.check.name).toBe(
      "by hand: shapes 1 one [64, 24, 64, 64], 21 of its 64 samples for time, 3 of its channels compared",
    );
  });
});
