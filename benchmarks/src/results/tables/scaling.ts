import { formatBytes, formatSpeed, formatTime } from "../../format.js";
import { taskName } from "../../operations.js";
import { crossingsOf, type PairCrossings, type ScalingTask, scalingOf } from "../crossings.js";
import { copySpeed, figuresOf, timedCell } from "../derive.js";
import type { BenchmarkResult, ResultGroup } from "../schema.js";
import { folded, groupBy, nothing, table } from "./markdown.js";

/** By size of x: the time and GB/s of each contestant, and the copy's. */
export function scalingTables(result: BenchmarkResult): string {
  const names = result.contestants.map(({ name }) => name);
  return scalingOf(result)
    .map(({ sizes, ...task }) => {
      const rows = sizes.map(({ bytes, group }) => [
        formatBytes(bytes),
        formatSpeed(copySpeed(group.copy)),
        ...names.map((name) => timeAndSpeed(group, name)),
      ]);
      return folded(placeName(task), table(["x", "copying", ...names], rows));
    })
    .join("\n\n");
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
  return [...crossing, ...(always.length === 0 ? [] : [always.join("\n")])].join("\n\n");
}

function alwaysLines(pairs: readonly PairCrossings[]): string[] {
  const decided = pairs.filter(({ faster }) => faster !== null);
  const byPair = groupBy(decided, ({ contestants, faster }) => `${faster} ${contestants.join(" ")}`);
  return [...byPair.values()].map((tasks) => {
    const [{ contestants, faster }] = tasks;
    const slower = contestants.find((name) => name !== faster);
    return `- ${faster} is faster than ${slower} at every size at which both were timed: ${tasks.map(placeName).join("; ")}`;
  });
}

function timeAndSpeed(group: ResultGroup, contestant: string): string {
  const cell = timedCell(group, contestant);
  if (cell === null) return group.cells.find((other) => other.contestant === contestant)?.outcome ?? nothing;
  const { median, gigabytesPerSecond } = figuresOf(group, cell);
  return `${formatTime(median)}<br>${formatSpeed(gigabytesPerSecond)}`;
}

function placeName(task: ScalingTask): string {
  return `${taskName(task)}, ${task.layout.replace("-", " ")}${task.dtype === "float32" ? "" : `, ${task.dtype}`}`;
}
