import { timedOperations } from "@batchnorm/timing";
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
    expect(only(made(5), made(6.25))).toMatchObject({ verdict: "faster", reason: null, implementation: "cpu" });
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
    const failed = { outcome: "failed", implementation: "cpu", reason: "hung" } as const;
    const after = made(5, { speeds: { cpu: () => failed } });
    expect(only(made(5), after)).toMatchObject({
      verdict: "not comparable",
      ratio: null,
      reason: "before: timed; after: failed: hung",
    });
    expect(only(after, after)).toMatchObject({ verdict: "not timed", ratio: null, reason: "failed: hung" });
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
      implementations: usual.implementations.map((one) => ({ ...one, version: "5.0.0" })),
    };
    const comparison = compareResults(before, after);
    expect(comparison.onlyBefore).toEqual([
      { group: "dense/b256/512 step fresh", implementation: "old" },
      { group: "dense/b32/1024 step fresh", implementation: "cpu" },
      { group: "dense/b32/1024 step fresh", implementation: "old" },
    ]);
    expect(comparison.onlyAfter).toEqual([{ group: "dense/b256/512 step fresh", implementation: "new" }]);
    expect(comparison.copyRatio).toBeCloseTo(1.25, 9);
    expect(compareResults(before, before).differences).toContain(
      "copies of the same tensors took equally long in both (median of the groups that both have)",
    );
    expect(comparison.differences).toEqual([
      "machine: cpu was Example 9000, is Example 10",
      "old is only in the result before",
      "new is only in the result after",
      "cpu: version was 4.5.6, is 5.0.0",
      "copies of the same tensors took 25 % longer after (median of the groups that both have)",
      expect.stringMatching(/not steady in the result after: .* 2\.00 times as long/),
    ]);
  });

  it("takes what is less than a run's own drift for the same, and says so", () => {
    const drifting = { drift: [10, 8, 9] };
    for (const [before, after, when] of [
      [made(5, drifting), made(4.3), "the run before"],
      [made(5), made(4.3, drifting), "the run after"],
      [made(5, drifting), made(5.8, drifting), "both runs"],
    ] as const) {
      const reason = `the same copy changed by as much meanwhile in ${when}`;
      expect(only(before, after)).toMatchObject({ verdict: "same", reason: `less than 25 %: ${reason}` });
      expect(only(before, after)?.threshold).toEqual({ leastEffect: 0.25, reason });
    }
    expect(only(made(5), made(4.3))).toMatchObject({ verdict: "slower", reason: null });
    expect(only(made(5, drifting), made(3, drifting))).toMatchObject({ verdict: "slower", reason: null });
  });

  it("takes the copies around a cell for its threshold, and all of them of a run that was resumed", () => {
    const noisyInTheMiddle = [10, 10, 20, 20.2];
    const result = made(5, { cases: caseNamed("scaling"), operations: timedOperations, drift: noisyInTheMiddle });
    const groups = result.groups.slice(0, 60);
    const thresholds = (of: typeof result) => {
      const { cells } = compareResults(of, of);
      return [0, 19, 20, 39, 40, 59].map((at) => cells[at]?.threshold.leastEffect);
    };
    expect(groups.length).toBe(60);
    expect(thresholds({ ...result, groups })).toEqual([0.05, 0.05, 1, 1, 0.05, 0.05]);
    const resumed = { ...result, groups, drift: [...result.drift, ...result.drift.slice(0, 1)] };
    expect(thresholds(resumed).map((one) => one?.toFixed(2))).toEqual(Array(6).fill("1.02"));
  });

  it("says which threshold it took where the machine was steady, or that is not known", () => {
    const steady = { drift: [10, 10.2] };
    const threshold = (...drift: number[]) => only(made(5, steady), made(5, { drift }))?.threshold;
    expect(threshold(10, 10.1)).toEqual({
      leastEffect: 0.05,
      reason: expect.stringMatching(/the least that counts; .* no more/),
    });
    expect(threshold(10)).toEqual({
      leastEffect: 0.05,
      reason: expect.stringMatching(/the least that counts; .* not known/),
    });
  });

  it("does not compare times of different machines", () => {
    const before = made(5);
    const moved = (machine: object) => ({ ...made(2), machine: { ...before.machine, ...machine } });
    expect(only(before, moved({ cpu: "Example 10" }))).toMatchObject({
      verdict: "not comparable",
      reason: "another machine (4 cores of Example 9000 before, 4 cores of Example 10 after)",
    });
    expect(only(before, moved({ cores: 2 }))).toMatchObject({ verdict: "not comparable", reason: /another machine/ });
    expect(only(before, moved({ node: "v22.0.0" }))?.verdict).toBe("slower");
  });

  it("compares versions of an implementation, and says that they differ", () => {
    const after = made(4);
    const newer = { ...after, implementations: after.implementations.map((one) => ({ ...one, version: "5.0.0" })) };
    expect(only(made(5), newer)?.verdict).toBe("slower");
    expect(compareResults(made(5), newer).differences).toContain("cpu: version was 4.5.6, is 5.0.0");
  });

  it("holds an implementation beside the copy on as many threads", () => {
    const two = { threads: { cpu: 2 } };
    const before = made(5, two);
    const usual = made(4, two);
    const slowed = usual.groups.map((group) => ({
      ...group,
      copies: group.copies.map((copy) => (copy.threads === 2 ? { ...copy, gigabytesPerSecond: [16] } : copy)),
    }));
    expect(only(before, usual)).toMatchObject({ verdict: "slower", copyRatio: 1 });
    expect(only(before, { ...usual, groups: slowed })).toMatchObject({ verdict: "not comparable", copyRatio: 1.25 });
    const apart = usual.groups.map((group) => ({
      ...group,
      copies: group.copies.filter(({ threads }) => threads === 2),
    }));
    expect(only(made(5), { ...usual, groups: apart })).toMatchObject({ verdict: "slower", copyRatio: null });
  });

  it("of a result with itself finds nothing but the same", () => {
    const result = made(5);
    expect(only(result, result)).toMatchObject({ verdict: "same", ratio: 1, copyRatio: 1 });
  });
});
