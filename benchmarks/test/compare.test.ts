import { describe, expect, it } from "vitest";
import { caseNamed } from "../src/cases/named.js";
import { compareResults } from "../src/results/compare.js";
import { rankSumP } from "../src/results/rank-sum.js";
import { type Made, madeResult } from "./result-builder.js";

const cases = caseNamed("dense/b256/512");
const made = (speed: number, other: Partial<Made> = {}) =>
  madeResult({ cases, operations: ["step"], speeds: { cpu: () => speed }, ...other });
const only = (before: Parameters<typeof compareResults>[0], after: Parameters<typeof compareResults>[1]) => {
  const [cell, ...others] = compareResults(before, after).cells;
  expect(others).toEqual([]);
  return cell;
};

describe("the rank-sum test", () => {
  it("gives the share of all ways to deal the values that are as far apart", () => {
    expect(rankSumP([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(rankSumP([6, 7, 8], [1, 2, 3])).toBeCloseTo(2 / 20, 12);
    expect(rankSumP([1, 4], [2, 3])).toBe(1);
    expect(rankSumP([1, 1, 1], [1, 1])).toBe(1);
  });
});

describe("a comparison of two results", () => {
  it("finds what became faster and slower, with the ratio of times", () => {
    expect(only(made(5), made(6.25))).toMatchObject({ verdict: "faster", reason: null, contestant: "cpu" });
    expect(only(made(5), made(4))).toMatchObject({ verdict: "slower" });
    expect(only(made(5), made(4))?.ratio).toBeCloseTo(1.25, 9);
    expect(only(made(5), made(4))?.p).toBeCloseTo(2 / 252, 9);
  });

  it("takes small changes, and those within the spread, for the same", () => {
    expect(only(made(5), made(5.1, { jitter: 0 }))).toMatchObject({ verdict: "same", reason: null });
    const rough = { jitter: 0.5 };
    expect(only(made(5, rough), made(5.5, rough))).toMatchObject({ verdict: "same", reason: /overlap/ });
  });

  it("does not blame the code where the copy beside it changed as much", () => {
    const cell = only(made(5, { copy: 10 }), made(4, { copy: 8 }));
    expect(cell).toMatchObject({
      verdict: "not comparable",
      reason: /copy beside it took 25 % longer/,
      copyRatio: 1.25,
    });
    expect(only(made(5, { copy: 10 }), made(2, { copy: 8 }))?.verdict).toBe("slower");
    expect(only(made(5, { copy: 10 }), made(6.25, { copy: 8 }))?.verdict).toBe("faster");
  });

  it("says so where the rounds are too few, or one has no time", () => {
    const few = { rounds: 3 };
    expect(only(made(5, few), made(2, few))).toMatchObject({
      verdict: "not comparable",
      reason: /3 and 3 rounds are too few/,
    });
    const failed = { outcome: "failed", contestant: "cpu", reason: "hung" } as const;
    const after = made(5, { speeds: { cpu: () => failed } });
    expect(only(made(5), after)).toMatchObject({
      verdict: "not comparable",
      ratio: null,
      reason: "before: timed; after: failed: hung",
    });
  });

  it("lists what only one of them has, and what differs besides the times", () => {
    const before = made(5, {
      speeds: { cpu: () => 5, old: () => 5 },
      cases: [...cases, ...caseNamed("dense/b32/1024")],
    });
    const usual = made(5, { speeds: { cpu: () => 5, new: () => 5 }, copy: 8, drift: [5, 10] });
    const after = {
      ...usual,
      machine: { ...usual.machine, cpu: "Example 10" },
      contestants: usual.contestants.map((one) => ({ ...one, version: "5.0.0" })),
    };
    const comparison = compareResults(before, after);
    expect(comparison.onlyBefore).toEqual([
      { group: "dense/b256/512 step fresh", contestant: "old" },
      { group: "dense/b32/1024 step fresh", contestant: "cpu" },
      { group: "dense/b32/1024 step fresh", contestant: "old" },
    ]);
    expect(comparison.onlyAfter).toEqual([{ group: "dense/b256/512 step fresh", contestant: "new" }]);
    expect(comparison.copyRatio).toBeCloseTo(1.25, 9);
    expect(comparison.differences).toEqual([
      "machine: cpu was Example 9000, is Example 10",
      "old is only in the result before",
      "new is only in the result after",
      "cpu: version was 4.5.6, is 5.0.0",
      "copies of the same tensors took 25 % longer after (median of the groups that both have)",
      expect.stringMatching(/not steady in the result after: .* 2\.0 times as long/),
    ]);
  });

  it("of a result with itself finds nothing but the same", () => {
    const result = made(5);
    expect(only(result, result)).toMatchObject({ verdict: "same", ratio: 1, copyRatio: 1 });
  });
});
