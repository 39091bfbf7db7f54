import { formatShare, type ResultComparison } from "@batchnorm/benchmarks";
import pc from "picocolors";
import { table } from "../output.js";

/** A comparison for people at a terminal: what differs between the runs, every change, and how many stayed the same. */
export function comparisonSummary({ cells, onlyBefore, onlyAfter, differences, threshold }: ResultComparison): string {
  const of = (verdict: string) => cells.filter((cell) => cell.verdict === verdict);
  const changes = [...of("slower"), ...of("faster"), ...of("not comparable")];
  const rows = changes.map(({ group, contestant, verdict, ratio, reason }) => [
    group,
    contestant,
    verdict === "slower" ? pc.red(verdict) : verdict === "faster" ? pc.green(verdict) : verdict,
    ratio === null ? "" : ratio.toFixed(2),
    reason ?? "",
  ]);
  return [
    ...differences,
    ...(differences.length > 0 ? [""] : []),
    ...(rows.length > 0 ? [table(["what", "contestant", "verdict", "time", "why"], rows, [3]), ""] : []),
    `${of("faster").length} faster, ${of("slower").length} slower, ${of("same").length} the same, ${of("not comparable").length} not comparable`,
    `a change counts from ${formatShare(threshold.leastEffect)} on: ${threshold.reason}`,
    ...lone("before", onlyBefore.length),
    ...lone("after", onlyAfter.length),
  ].join("\n");
}

function lone(which: string, count: number): string[] {
  return count === 0 ? [] : [`${count} only in the result ${which}`];
}
