import { describe, expect, it } from "vitest";
import { allChecks, examine, goals, type RequirementName } from "../src/index.js";
import { type FaultName, flawed } from "./plain/faults.js";

interface Finding {
  /** the requirement that it breaks first */
  readonly requirement: RequirementName;
  /** in the first message */
  readonly told: RegExp;
  /** checks of the requirement that fail, where a fault shows in several places */
  readonly by?: readonly string[];
}

/** What is found of each fault. */
const found: Readonly<Record<FaultName, Finding>> = {
  "dx written into dy": {
    requirement: "inputs-unchanged",
    told: /after backward by moments .*: dy\[\d+\] is .*, expected .*\n {2}hint: which buffer an operation writes/,
  },
  "a term 0 (x - mean) in dx of eval": {
    requirement: "eval-gradient",
    told: /x of shape \[2, 3, 37\], with NaN, .* dx\[1\] is NaN, .* 2: .*\n {2}hint: .* dx has no term of x/,
  },
  "a deviation of 0 taken for a small one": {
    requirement: "eps-zero",
    told: /y\[0\] is -\d+, expected what is not finite\n {2}hint: .* a deviation of 0/,
  },
  "ReLU stopping the gradient at NaN": {
    requirement: "relu-gradient",
    told: /with NaN, .* dx\[\d+\] is 0, .* 3: .*\n {2}hint: the mask .*: z <= 0 \? 0 : dy/,
  },
  "imports that take anything": {
    requirement: "imports-refused",
    told: /importMoments\(\) of 0 values is not refused, .*\n {2}hint: the checks of both imports/,
    by: [
      "importMoments: lengths that no export has",
      "importMoments: what is no Float64Array",
      "importMoments: counts that are none",
      "importGradientSums: lengths that no export has",
      "importGradientSums: what is no Float64Array",
    ],
  },
  "assign, axpy and move that take any size": {
    requirement: "inputs-refused",
    told: /assign with a state of shape \[2\] as mean is not refused, .*\n {2}hint: the checks/,
    by: ["assign, of another size", "axpy, of another size", "move, of another size"],
  },
  "merging about a first mean that is infinite": {
    requirement: "merged-moments",
    told: /the mean of parts of Infinity 1.* is NaN, expected Infinity\n {2}hint: merge\(\)/,
  },
};
const faults = Object.keys(found) as FaultName[];
const requirements = Object.values(found).map(({ requirement }) => requirement);
const checks = (await allChecks()).filter(({ requirement, large }) => !large && requirements.includes(requirement));

/** What the plain backend with some faults fails. */
async function failures(
  some: readonly FaultName[],
): Promise<{ requirement: RequirementName; name: string; message: string }[]> {
  const failed = [];
  for await (const verdict of examine(flawed(some), checks, { bounds: goals })) {
    const { requirement, name } = verdict.check;
    if (verdict.outcome === "failed") failed.push({ requirement, name, message: verdict.message });
  }
  return failed;
}

describe("a plain backend with a fault is told of it", { timeout: 600_000 }, () => {
  it.each(faults)("%s", async (fault) => {
    const { requirement, told, by = [] } = found[fault];
    const failed = await failures([fault]);
    expect(failed[0]).toMatchObject({ requirement, message: expect.stringMatching(told) });
    const names = failed.filter((failure) => failure.requirement === requirement).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...by]));
  });

  it("one after the other, where it has them all", async () => {
    let left = faults;
    while (left.length > 0) {
      const [failure] = await failures(left);
      const mended = left.find((fault) => found[fault].requirement === failure?.requirement);
      expect(mended, `${left.join(", ")}: ${failure?.message ?? "no failure"}`).toBeDefined();
      left = left.filter((fault) => fault !== mended);
    }
    expect(await failures([])).toEqual([]);
  });
});
