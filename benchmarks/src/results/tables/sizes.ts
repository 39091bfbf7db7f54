import { max } from "simple-statistics";
import { shapeOf, viewOf } from "../../cases/schema.js";
import { formatBytes, formatShare, formatSpeed, formatTime } from "../../format.js";
import { operationNames, timedOperations } from "../../operations.js";
import { bytesOf } from "../../traffic.js";
import { figuresOf, timedCell } from "../derive.js";
import type { BenchmarkResult } from "../schema.js";
import { table } from "./markdown.js";
import { runLine } from "./run.js";

/** Cases are of like size where their bytes differ by less than this factor. */
const likeness = Math.SQRT2;
/** Below this a call costs more than its work, and GB/s say nothing. */
const leastBytes = 65_536;
const perOperation = 4;

/** How fast a backend is on a case, beside the fastest case of like size. */
export interface SizeSpeed {
  readonly shape: string;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly gigabytesPerSecond: number;
  /** of the GB/s of the fastest case of like size */
  readonly share: number;
}

/** The speeds of a contestant in one operation, the worst beside its like first. */
export function sizeSpeeds(
  result: BenchmarkResult,
  contestant: string,
  operation: (typeof timedOperations)[number],
): SizeSpeed[] {
  const all = result.groups.flatMap((group) => {
    const cell = timedCell(group, contestant);
    const bytes = bytesOf(viewOf(group.case), group.case.dtype);
    if (cell === null || group.operation !== operation || bytes < leastBytes) return [];
    const { median, gigabytesPerSecond } = figuresOf(result, group, cell);
    return [{ shape: shapeOf(group.case), bytes, milliseconds: median, gigabytesPerSecond }];
  });
  return all
    .map((one) => {
      const like = all.filter(({ bytes }) => bytes < one.bytes * likeness && bytes > one.bytes / likeness);
      const best = max(like.map((other) => other.gigabytesPerSecond));
      return { ...one, share: one.gigabytesPerSecond / best };
    })
    .sort((a, b) => a.share - b.share);
}

/** The sizes at which each operation is the slowest beside others of like size. */
export function sizeTable(result: BenchmarkResult): string {
  const rows = result.contestants.flatMap(({ name }) =>
    timedOperations.flatMap((operation) =>
      sizeSpeeds(result, name, operation)
        .slice(0, perOperation)
        .map(({ shape, bytes, milliseconds, gigabytesPerSecond, share }) => [
          name,
          operationNames[operation],
          shape,
          formatBytes(bytes),
          formatTime(milliseconds),
          formatSpeed(gigabytesPerSecond),
          formatShare(share),
        ]),
    ),
  );
  if (rows.length === 0) return "No size was timed.";
  const legend = `The worst of ${result.groups.length} shapes and operations: GB/s of the counted traffic, and its share of the fastest case of like size (bytes within a factor of 1.4). Of 64 KB and more: below that a call costs more than its work.`;
  return [
    legend,
    table(["contestant", "operation", "shape", "x", "median", "speed", "of its like"], rows),
    runLine(result),
  ].join("\n\n");
}
