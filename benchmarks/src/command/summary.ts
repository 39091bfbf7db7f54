import { type Cell, formatUlp, table } from "@batchnorm/cli/terminal";
import { absentLines } from "@batchnorm/optional-components";
import {
  fastestBackend,
  figuresOf,
  formatRatio,
  formatShare,
  formatSpeed,
  formatTime,
  type ResultCell,
  type ResultGroup,
  ratioOf,
  shapeOf,
  steadinessOf,
  taskName,
  whyNotTimed,
} from "@batchnorm/timing";
import pc from "picocolors";
import type { BenchmarkResult } from "../results/schema.js";

/** A result for people at a terminal: a row for each implementation on each task, then what was noticed. */
export function benchSummary(result: BenchmarkResult): string {
  const head = ["shape", "operation", "implementation", "median", "spread", "GB/s", "roofline", "times", "ulp"];
  const rows = result.groups.flatMap((group) => groupRows(result, group));
  return [
    table(head, rows, [3, 4, 5, 6, 7, 8]),
    "",
    "times: how many times as long as the fastest backend. roofline: the share of a copy's bandwidth, on as many threads,",
    "in the same minute and size, that the operation's least traffic makes; more than 100 %: the copy is no bound there, as",
    "in a cache.",
    ...steadiness(result),
    ...absentLines(result.absent),
  ].join("\n");
}

function groupRows(result: BenchmarkResult, group: ResultGroup): Cell[][] {
  const backend = fastestBackend(result, group);
  return group.cells.map((cell, index) => [
    index === 0 ? shapeOf(group.case) : "",
    index === 0 ? taskName(group) : "",
    cell.implementation,
    ...figures(result, group, cell, backend),
  ]);
}

function figures(result: BenchmarkResult, group: ResultGroup, cell: ResultCell, backend: string | null): Cell[] {
  if (cell.outcome !== "timed") return [{ colSpan: 6, content: pc.dim(whyNotTimed(cell) ?? "") }];
  const { median, spread, gigabytesPerSecond, roofline } = figuresOf(result, group, cell);
  const ratio = backend === null ? null : ratioOf(group, cell.implementation, backend);
  const ulps = cell.errors.map(({ ulp }) => ulp);
  return [
    formatTime(median),
    `±${Math.round(100 * spread)} %`,
    formatSpeed(gigabytesPerSecond),
    formatShare(roofline),
    ratio === null ? "" : formatRatio(ratio),
    formatUlp(ulps.includes(null) ? null : Math.max(0, ...ulps.map((ulp) => ulp ?? 0))),
  ];
}

function steadiness(result: BenchmarkResult): string[] {
  const { drift, noisy } = steadinessOf(result);
  if (drift === null || !noisy) return [];
  return [
    pc.yellow(
      `noisy: the same copy was ${formatRatio(drift)} times as fast at one time as at another; do not rely on it`,
    ),
  ];
}
