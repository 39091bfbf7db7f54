import { groupKey, whyNotTimed } from "@batchnorm/timing";
import type { BenchmarkResult } from "../schema.js";
import { groupBy, table } from "./markdown.js";

/** What has no time: who, why, on how many tasks, and one of them. */
export function leftOutTable(result: BenchmarkResult): string {
  const left = result.groups.flatMap((group) =>
    group.cells.flatMap((cell) => {
      const why = whyNotTimed(cell);
      return why === null ? [] : [{ implementation: cell.implementation, why, group: groupKey(group) }];
    }),
  );
  if (left.length === 0) return "Everything was timed.";
  const rows = [...groupBy(left, ({ implementation, why }) => `${implementation} ${why}`).values()].map((same) => {
    const [{ implementation, why, group }] = same;
    return [implementation, why, String(same.length), group];
  });
  return table(["implementation", "not timed", "tasks", "the first"], rows);
}
