import { describe, expect, it } from "vitest";
import { allChecks, examine, goals, type SentenceName } from "../src/index.js";
import { type FaultName, flawed } from "./plain/faults.js";

interface Finding {
  /** the sentence that it breaks first */
  readonly sentence: SentenceName;
  /** in the first message */
  readonly told: RegExp;
  /** checks of the sentence that fail, where a fault shows in several places */
  readonly by?: readonly string[];
}

/** What is found of each fault. */
const found: Readonly<Record<FaultName, Finding>> = {
  "dx written into dy": {
    sentence: "inputs-unchanged",
    told: /after backward by moments .*: dy\[\d+\] is .*, expected .*\n {2}look at which buffer an operation writes/,
  },
  "a term 0 (x - mean) in dx of eval": {
    sentence: "eval-gradient",
    told: /x of shape \[2, 3, 37\], with NaN, .* dx\[1\] is NaN, .* 2: .*\n {2}look at .* dx has no term of x/,
  },
  "a deviation of 0 taken for a small one": {
    sentence: "eps-zero",
    told: /y\[0\] is -\d+, expected what is not finite\n {2}look at .* a deviation of 0/,
  },
  "ReLU stopping the gradient at NaN": {
    sentence: "relu-gradient",
    told: /with NaN, .* dx\[\d+\] is 0, .* 3: .*\n {2}look at the mask .*: z <= 0 \? 0 : dy/,
  },
  "imports that take anything": {
    sentence: "imports-refused",
    told: /importMoments\(\) of 0 values is not refused, .*\n {2}look at the checks of both imports/,
    by: [
      "importMoments: lengths that no export has",
      "importMoments: what is no Float64Array",
      "importMoments: counts that are none",
      "importGradientSums: lengths that no export has",
      "importGradientSums: what is no Float64Array",
    ],
  },
  "assign, axpy and move that take any size": {
    sentence: "inputs-refused",
    told: /assign with a state of shape \[2\] as mean is not refused, .*\n {2}look at the checks/,
    by: ["assign, of another size", "axpy, of another size", "move, of another size"],
  },
  "merging about a first mean that is infinite": {
    sentence: "merged-moments",
    told: /the mean of parts of Infinity 1.* is NaN, expected Infinity\n {2}look at merge\(\)/,
  },
};
const faults = Object.keys(found) as FaultName[];
const sentences = Object.values(found).map(({ sentence }) => sentence);
const checks = (await allChecks()).filter(({ sentence, large }) => !large && sentences.includes(sentence));

/** What the plain backend with some faults fails. */
async function failures(
  some: readonly FaultName[],
): Promise<{ sentence: SentenceName; name: string; message: string }[]> {
  const failed = [];
  for await (const verdict of examine(flawed(some), checks, { bounds: goals })) {
    const { sentence, name } = verdict.check;
    if (verdict.outcome === "failed") failed.push({ sentence, name, message: verdict.message });
  }
  return failed;
}

describe("a plain backend with a fault is told of it", { timeout: 600_000 }, () => {
  it.each(faults)("%s", async (fault) => {
    const { sentence, told, by = [] } = found[fault];
    const failed = await failures([fault]);
    expect(failed[0]).toMatchObject({ sentence, message: expect.stringMatching(told) });
    const names = failed.filter((failure) => failure.sentence === sentence).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...by]));
  });

  it("one after the other, where it has them all", async () => {
    let left = faults;
    while (left.length > 0) {
      const [failure] = await failures(left);
      const mended = left.find((fault) => found[fault].sentence === failure?.sentence);
      expect(mended, `${left.join(", ")}: ${failure?.message ?? "no failure"}`).toBeDefined();
      left = left.filter((fault) => fault !== mended);
    }
    expect(await failures([])).toEqual([]);
  });
});
