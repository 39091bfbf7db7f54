import { foundationsOf, requirementNames } from "./requirements.js";
import type { Verdict } from "./suite.js";

/**
 * How many checks wait for each requirement that failed, a line each: `batch-mean failed: 312 checks not judged until it
 * holds`. A check that rests on several of them is counted for each, since all have to hold before it is asked.
 */
export function summaryOf(verdicts: Iterable<Verdict>): readonly string[] {
  const all = [...verdicts];
  const broken = new Set(all.filter(({ outcome }) => outcome === "failed").map(({ check }) => check.requirement));
  const waiting = all.filter(({ outcome }) => outcome === "not judged").map(({ check }) => check.requirement);
  return requirementNames
    .filter((name) => broken.has(name))
    .map((name) => {
      const hidden = waiting.filter((above) => foundationsOf(above).has(name)).length;
      if (hidden === 0) return `${name} failed: no other check rests on it`;
      return `${name} failed: ${hidden} ${hidden === 1 ? "check" : "checks"} not judged until it holds`;
    });
}
