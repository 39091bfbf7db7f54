import {
  type BenchmarkResult,
  fastestBackend,
  figuresOf,
  formatBytes,
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
} from "@batchnorm/benchmarks";
import pc from "picocolors";
import { formatUlp } from "../check/check-summary.js";
import { type Cell, table } from "../output.js";

/** A result for people at a terminal: a row for each contestant on each task, then what was noticed. */
export function benchSummary(result: BenchmarkResult): string {
  const head = [
    "shape",
    "operation",
    "contestant",
    "median",
    "spread",
    "GB/s",
    "roofline",
    "times",
    "ulp",
    "first",
    "peak",
  ];
  const rows = result.groups.flatMap((group) => groupRows(result, group));
  return [
    table(head, rows, [3, 4, 5, 6, 7, 8, 9, 10]),
    "",
    "times: how many times as long as the fastest backend. roofline: the share of a copy's bandwidth, in the same",
    "minute and size, that the operation's least traffic makes; more than 100 % is out of a cache. first: the first",
    "run. peak: memory that the first run held beyond its inputs and results.",
    ...steadiness(result),
    ...result.absent.map(({ name, reason, remedy }) => `${name} absent: ${reason}; ${remedy}`),
  ].join("\n");
}

function groupRows(result: BenchmarkResult, group: ResultGroup): Cell[][] {
  const backend = fastestBackend(result, group);
  return group.cells.map((cell, index) => [
    index === 0 ? shapeOf(group.case) : "",
    index === 0 ? taskName(group) : "",
    cell.contestant,
    ...figures(group, cell, backend),
  ]);
}

function figures(group: ResultGroup, cell: ResultCell, backend: string | null): Cell[] {
  if (cell.outcome !== "timed") return [{ colSpan: 8, content: pc.dim(whyNotTimed(cell) ?? "") }];
  const { median, spread, gigabytesPerSecond, roofline } = figuresOf(group, cell);
  const ratio = backend === null ? null : ratioOf(group, cell.contestant, backend);
  const ulps = cell.errors.map(({ ulp }) => ulp);
  return [
    formatTime(median),
    `±${Math.round(100 * spread)} %`,
    formatSpeed(gigabytesPerSecond),
    formatShare(roofline),
    ratio === null ? "" : formatRatio(ratio),
    formatUlp(ulps.includes(null) ? null : Math.max(0, ...ulps.map((ulp) => ulp ?? 0))),
    formatTime(cell.first),
    cell.peakBytes === null ? "" : formatBytes(cell.peakBytes),
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
