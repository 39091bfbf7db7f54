import { max, min } from "simple-statistics";
import { copySpeed } from "./derive.js";
import type { ResultDrift } from "./schema.js";

const ofLongRuns = 20;

/**
 * A run takes its copy of one size before every so many groups, and once at its end; a short one a few times in between.
 *
 * @param groups how many the run has
 */
export function groupsBetweenDrifts(groups: number): number {
  return groups < 2 * ofLongRuns ? Math.max(1, Math.ceil(groups / 4)) : ofLongRuns;
}

/**
 * How much the same copy changed around a group: the faster over the slower of the one before it and the one
 * after. Of a run that was resumed, which does not show where its copies were taken, it is the fastest of all over the
 * slowest.
 *
 * @param at the group's place in the result
 * @returns null where there are fewer than two copies
 */
export function driftBeside(
  { drift, groups }: { readonly drift: readonly ResultDrift[]; readonly groups: readonly unknown[] },
  at: number,
): number | null {
  if (drift.length < 2) return null;
  const between = groupsBetweenDrifts(groups.length);
  const isPlaced = drift.length === Math.ceil(groups.length / between) + 1;
  const first = Math.floor(at / between);
  const beside = isPlaced ? drift.slice(first, first + 2) : drift;
  const speeds = beside.map(({ copy }) => copySpeed(copy));
  return max(speeds) / min(speeds);
}
