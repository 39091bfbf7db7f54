import { dimensionsOf } from "../../cases/id.js";
import { shapeOf } from "../../cases/schema.js";
import { formatRatio, formatShare, formatSpeed, formatTime } from "../../format.js";
import { taskName } from "../../operations.js";
import { fastestBackend, figuresOf, ratioOf } from "../derive.js";
import type { BenchmarkResult, ResultGroup, TimedCell } from "../schema.js";
import { type CopyColumns, copyColumns } from "./copies.js";
import { folded, groupBy, nothing, table } from "./markdown.js";

/** Every shape of every set but scaling: time, spread, GB/s, share of the roofline, and ratio to our fastest backend. */
export function shapeTables(result: BenchmarkResult): string {
  const legend =
    "In a cell: the median, give or take half the distance of the quartiles; GB/s of the counted traffic, its share of a copy's on as many threads, and how many times as long it takes as the fastest of our backends. Copying: the time in which a copy moves the counted traffic, and its GB/s.";
  return `${legend}\n\n${tablesBySet(result)}`;
}

/** A row for each case: each contestant's time, its spread, and the ratio to our fastest backend. */
export function shapeTable(result: BenchmarkResult, groups: readonly ResultGroup[]): string {
  return tableOf(result, groups, null, (_, group, cell) => {
    const { median, spread } = figuresOf(result, group, cell);
    const time = `${formatTime(median)} ±${formatShare(spread)}`;
    const ratio = ratioText(result, group, cell);
    return ratio === null ? time : `${time} (${ratio})`;
  });
}

type CellText = (result: BenchmarkResult, group: ResultGroup, cell: TimedCell) => string;

function timeOf(result: BenchmarkResult, group: ResultGroup, cell: TimedCell): string {
  const { median, spread, gigabytesPerSecond, roofline } = figuresOf(result, group, cell);
  const ratio = ratioText(result, group, cell);
  const below = [formatSpeed(gigabytesPerSecond), formatShare(roofline), ...(ratio === null ? [] : [ratio])];
  return `${formatTime(median)} ±${formatShare(spread)}<br>${below.join(", ")}`;
}

function ratioText(result: BenchmarkResult, group: ResultGroup, { contestant }: TimedCell): string | null {
  const best = fastestBackend(result, group);
  const ratio = best === null ? null : ratioOf(group, contestant, best);
  return ratio === null ? null : `${formatRatio(ratio)}×`;
}

function tablesBySet(result: BenchmarkResult): string {
  const shapes = result.groups.filter(({ case: kase }) => kase.set !== "scaling");
  const parts = groupBy(shapes, (group) => {
    const { batch } = dimensionsOf(group.case);
    const dtype = group.case.dtype === "float32" ? "" : `, ${group.case.dtype}`;
    return `${group.case.set}, batch ${batch}${dtype}: ${taskName(group)}`;
  });
  return [...parts]
    .map(([title, groups]) => folded(title, tableOf(result, groups, copyColumns(groups), timeOf)))
    .join("\n\n");
}

function tableOf(
  result: BenchmarkResult,
  groups: readonly ResultGroup[],
  copying: CopyColumns | null,
  text: CellText,
): string {
  const names = result.contestants.map(({ name }) => name).filter((name) => groups.some(hasTimeOf(name)));
  const rows = groups.map((group) => [
    shapeOf(group.case),
    ...(copying?.times(group) ?? []),
    ...names.map((name) => {
      const cell = group.cells.find(({ contestant }) => contestant === name);
      if (cell === undefined) return nothing;
      return cell.outcome === "timed" ? text(result, group, cell) : cell.outcome;
    }),
  ]);
  return table(["shape", ...(copying?.head ?? []), ...names], rows);
}

/** A contestant has a column where it was timed at all: one that has no such operation says so under what was left out. */
function hasTimeOf(name: string): (group: ResultGroup) => boolean {
  return ({ cells }) => cells.some(({ contestant, outcome }) => contestant === name && outcome === "timed");
}
