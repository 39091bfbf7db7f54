import { formatBytes, formatShare, formatSpeed, formatTime } from "../../format.js";
import { taskName } from "../../operations.js";
import { crossingsOf, type PairCrossings, type ScalingTask, scalingOf } from "../crossings.js";
import { figuresOf, timedCell } from "../derive.js";
import type { BenchmarkResult, ResultGroup } from "../schema.js";
import { copyColumns } from "./copies.js";
import { folded, groupBy, nothing, table } from "./markdown.js";

/** By size of x: time, spread, share of the roofline and GB/s of each contestant, and the copies' GB/s. */
export function scalingTables(result: BenchmarkResult): string {
  const names = result.contestants.map(({ name }) => name);
  const series = scalingOf(result);
  if (series.length === 0) return "";
  const legend =
    "In a cell: the median, give or take half the distance of the quartiles, the share of the speed of a copy on as many threads, and GB/s of the counted traffic.";
  const tables = series.map(({ sizes, ...task }) => {
    const copying = copyColumns(sizes.map(({ group }) => group));
    const rows = sizes.map(({ bytes, group }) => [
      formatBytes(bytes),
      ...copying.speeds(group),
      ...names.map((name) => timeAndSpeed(result, group, name)),
    ]);
    return folded(placeName(task), table(["x", ...copying.head, ...names], rows));
  });
  return [legend, ...tables].join("\n\n");
}

/** Where one of our backends and another contestant overtake each other, and who is the faster where none does. */
export function crossingTables(result: BenchmarkResult): string {
  const backends = new Set(result.contestants.filter(({ kind }) => kind === "backend").map(({ name }) => name));
  const pairs = crossingsOf(result).filter(({ contestants }) => contestants.some((name) => backends.has(name)));
  const rows = pairs.flatMap((pair) =>
    pair.crossings.map(({ bytes, below, above }) => [placeName(pair), below, formatBytes(bytes), above]),
  );
  const crossing = rows.length === 0 ? [] : [table(["operation", "faster below", "x", "faster above"], rows)];
  const always = alwaysLines(pairs);
  const legend =
    "Sizes at which the quartiles of the two overlap, or their medians differ by less than 5 %, decide nothing.";
  return [
    ...(pairs.length === 0 ? [] : [legend]),
    ...crossing,
    ...(always.length === 0 ? [] : [always.join("\n")]),
  ].join("\n\n");
}

function alwaysLines(pairs: readonly PairCrossings[]): string[] {
  const decided = pairs.filter(({ faster }) => faster !== null);
  const byPair = groupBy(decided, ({ contestants, faster }) => `${faster} ${contestants.join(" ")}`);
  return [...byPair.values()].map((tasks) => {
    const [{ contestants, faster }] = tasks;
    const slower = contestants.find((name) => name !== faster);
    return `- ${faster} is faster than ${slower} at every size at which the quartiles of both are apart: ${tasks.map(placeName).join("; ")}`;
  });
}

function timeAndSpeed(result: BenchmarkResult, group: ResultGroup, contestant: string): string {
  const cell = timedCell(group, contestant);
  if (cell === null) return group.cells.find((other) => other.contestant === contestant)?.outcome ?? nothing;
  const { median, spread, gigabytesPerSecond, roofline } = figuresOf(result, group, cell);
  return `${formatTime(median)} ±${formatShare(spread)}, ${formatShare(roofline)}<br>${formatSpeed(gigabytesPerSecond)}`;
}

function placeName(task: ScalingTask): string {
  return `${taskName(task)}, ${task.layout.replace("-", " ")}${task.dtype === "float32" ? "" : `, ${task.dtype}`}`;
}
