import type { ResultGroup, TimedCell } from "@batchnorm/timing";
import {
  copySpeed,
  dimensionsOf,
  fastestBackend,
  figuresOf,
  formatRatio,
  formatShare,
  formatSpeed,
  formatTime,
  ratioOf,
  rooflineOf,
  shapeOf,
  taskName,
} from "@batchnorm/timing";
import type { BenchmarkResult } from "../schema.js";
import { folded, groupBy, nothing, table } from "./markdown.js";

/** Every shape: time, spread, GB/s, share of the roofline, and ratio to our fastest backend. */
export function shapeTables(result: BenchmarkResult): string {
  const legend =
    "In a cell: the median, give or take half the distance of the quartiles; GB/s of the counted traffic, its share of a copy's on as many threads, and how many times as long it takes as the fastest of our backends. Copying: the time in which a copy moves the counted traffic, and its GB/s.";
  const parts = groupBy(result.groups, (group) => {
    const { batch } = dimensionsOf(group.case);
    const dtype = group.case.dtype === "float32" ? "" : `, ${group.case.dtype}`;
    return `${group.case.set}, batch ${batch}${dtype}: ${taskName(group)}`;
  });
  return [legend, ...[...parts].map(([title, groups]) => folded(title, shapeTable(result, groups)))].join("\n\n");
}

function shapeTable(result: BenchmarkResult, groups: readonly ResultGroup[]): string {
  const names = result.implementations.map(({ name }) => name).filter((name) => groups.some(hasTimeOf(name)));
  const threads = [...new Set(groups.flatMap(({ copies }) => copies.map((copy) => copy.threads)))].sort(
    (a, b) => a - b,
  );
  const rows = groups.map((group) => [
    shapeOf(group.case),
    ...threads.map((count) => copyText(group, count)),
    ...names.map((name) => {
      const cell = group.cells.find(({ implementation }) => implementation === name);
      if (cell === undefined) return nothing;
      return cell.outcome === "timed" ? timeText(result, group, cell) : cell.outcome;
    }),
  ]);
  const copying = threads.map((count) => `copying, ${count} ${count === 1 ? "thread" : "threads"}`);
  return table(["shape", ...copying, ...names], rows);
}

function copyText(group: ResultGroup, threads: number): string {
  const copy = group.copies.find((one) => one.threads === threads);
  return copy === undefined ? nothing : `${formatTime(rooflineOf(group, threads))}<br>${formatSpeed(copySpeed(copy))}`;
}

function timeText(result: BenchmarkResult, group: ResultGroup, cell: TimedCell): string {
  const { median, spread, gigabytesPerSecond, roofline } = figuresOf(result, group, cell);
  const best = fastestBackend(result, group);
  const ratio = best === null ? null : ratioOf(group, cell.implementation, best);
  const below = [formatSpeed(gigabytesPerSecond), formatShare(roofline)];
  if (ratio !== null) below.push(`${formatRatio(ratio)}×`);
  return `${formatTime(median)} ±${formatShare(spread)}<br>${below.join(", ")}`;
}

/** An implementation has a column where it was timed at all: one that has no such operation is among those left out. */
function hasTimeOf(name: string): (group: ResultGroup) => boolean {
  return ({ cells }) => cells.some(({ implementation, outcome }) => implementation === name && outcome === "timed");
}
