import { table } from "@batchnorm/cli/terminal";
import { type BenchmarkCase, caseId, formatShare, shapeOf, taskName } from "@batchnorm/timing";
import pc from "picocolors";
import type { ResultComparison } from "../results/compare.js";

/** A comparison for people at a terminal: what differs between the runs, every change, and how many stayed the same or were
 * timed in neither. */
export function comparisonSummary({ cells, onlyBefore, onlyAfter, differences }: ResultComparison): string {
  const of = (verdict: string) => cells.filter((cell) => cell.verdict === verdict);
  const changes = [...of("slower"), ...of("faster"), ...of("not comparable")];
  const nameOf = caseNames(cells.map(({ task }) => task.case));
  const rows = changes.map(({ task, implementation, verdict, ratio, reason }) => [
    nameOf(task.case),
    taskName(task),
    implementation,
    verdict === "slower" ? pc.red(verdict) : verdict === "faster" ? pc.green(verdict) : verdict,
    ratio === null ? "" : ratio.toFixed(2),
    reason ?? "",
  ]);
  return [
    ...differences,
    ...(differences.length > 0 ? [""] : []),
    ...(rows.length > 0
      ? [table(["shape", "operation", "implementation", "verdict", "time", "why"], rows, [4]), ""]
      : []),
    `${of("faster").length} faster, ${of("slower").length} slower, ${of("same").length} the same, ${of("not comparable").length} not comparable, ${of("not timed").length} timed in neither`,
    ...thresholdLine(cells),
    ...lone("before", onlyBefore.length),
    ...lone("after", onlyAfter.length),
  ].join("\n");
}

/** Cases are named by shape, as in the table of a run, and by id where others of the same shape are among them. */
function caseNames(cases: readonly BenchmarkCase[]): (testCase: BenchmarkCase) => string {
  const ids = new Map<string, Set<string>>();
  for (const testCase of cases)
    ids.set(shapeOf(testCase), (ids.get(shapeOf(testCase)) ?? new Set()).add(caseId(testCase)));
  return (testCase) => (ids.get(shapeOf(testCase))?.size === 1 ? shapeOf(testCase) : caseId(testCase));
}

/** From which change on a cell counts: the least, the median and the largest over all cells. */
function thresholdLine(cells: ResultComparison["cells"]): string[] {
  const shares = cells.map(({ threshold }) => threshold.leastEffect).sort((a, b) => a - b);
  const [least, middle, most] = [shares[0], shares[Math.floor(shares.length / 2)], shares.at(-1)];
  if (least === undefined || middle === undefined || most === undefined) return [];
  const text =
    least === most
      ? `a change counts from ${formatShare(least)} on`
      : `a change counts from ${formatShare(least)} to ${formatShare(most)} on, in the median from ${formatShare(middle)}`;
  return [`${text}: 5 %, or what the same copy changed by from before a task to after it, in either run`];
}

function lone(which: string, count: number): string[] {
  return count === 0 ? [] : [`${count} only in the result ${which}`];
}
