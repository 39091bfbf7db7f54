import { formatSpeed, formatTime } from "../../format.js";
import { copySpeed, rooflineOf } from "../derive.js";
import type { ResultGroup } from "../schema.js";
import { nothing } from "./markdown.js";

/** The columns of the copies beside some groups, one for each number of threads. */
export interface CopyColumns {
  readonly head: readonly string[];
  /** GB/s of a group's copies */
  speeds(group: ResultGroup): string[];
  /** the time in which they move the counted traffic, and GB/s */
  times(group: ResultGroup): string[];
}

/** The columns that the copies of these groups need. */
export function copyColumns(groups: readonly ResultGroup[]): CopyColumns {
  const all = groups.flatMap(({ copies }) => copies.map(({ threads }) => threads));
  const threads = [...new Set(all)].sort((a, b) => a - b);
  const only = threads.length < 2;
  const cells = (group: ResultGroup, text: (speed: string, roofline: string) => string) =>
    threads.map((count) => {
      const copy = group.copies.find((one) => one.threads === count);
      return copy === undefined ? nothing : text(formatSpeed(copySpeed(copy)), formatTime(rooflineOf(group, count)));
    });
  return {
    head: only ? ["copying"] : threads.map((count) => `copying, ${count} ${count === 1 ? "thread" : "threads"}`),
    speeds: (group) => cells(group, (speed) => speed),
    times: (group) => cells(group, (speed, roofline) => `${roofline}<br>${speed}`),
  };
}
