import { median } from "simple-statistics";
import { changed } from "../format.js";
import { copySpeed, figuresOf, groupKey, whyNotTimed } from "./derive.js";
import { differencesOf } from "./differences.js";
import { rankSumP } from "./rank-sum.js";
import type { BenchmarkResult, ResultCell, ResultGroup } from "./schema.js";

/** What became of a contestant's time on one task of one case. */
export interface CellComparison {
  /** the group (derive.ts) */
  readonly group: string;
  readonly contestant: string;
  readonly verdict: "faster" | "slower" | "same" | "not comparable";
  /** the time after over the time before, of the medians of the rounds' medians; null where one has no time */
  readonly ratio: number | null;
  /** of the rank-sum test of the rounds' medians */
  readonly p: number | null;
  /** the same for the copy beside them: its time after over its time before */
  readonly copyRatio: number;
  /** why the verdict is not the ratio's; null where it is */
  readonly reason: string | null;
}

/** A cell that only one of two results has. */
export interface LoneCell {
  readonly group: string;
  readonly contestant: string;
}

export interface ResultComparison {
  readonly cells: readonly CellComparison[];
  readonly onlyBefore: readonly LoneCell[];
  readonly onlyAfter: readonly LoneCell[];
  /** what differs besides the times, in sentences: machine, contestants, the copies' speed, noise */
  readonly differences: readonly string[];
  /** the time of the copies after over before, of all groups that both have; null: none */
  readonly copyRatio: number | null;
}

export interface ComparisonOptions {
  /** a change of the median by less is "same" */
  readonly leastEffect?: number;
  /** a change that chance alone makes more often is "same" */
  readonly mostP?: number;
}

/**
 * Holds two results beside each other, cell by cell. A change counts where the medians of the rounds are told apart
 * by a rank-sum test (p of at most 0.01: with five rounds, no overlap), are at least 5 % apart, and still are without
 * what the copy beside them changed by in the same direction.
 */
export function compareResults(
  before: BenchmarkResult,
  after: BenchmarkResult,
  { leastEffect = 0.05, mostP = 0.01 }: ComparisonOptions = {},
): ResultComparison {
  const [old, now] = [cellsOf(before), cellsOf(after)];
  const both = [...now].flatMap(([key, cell]) => {
    const then = old.get(key);
    return then === undefined ? [] : [{ then, cell }];
  });
  const copies = both.map(({ then, cell }) => copyRatioOf(then.group, cell.group));
  const copyRatio = copies.length === 0 ? null : median(copies);
  return {
    cells: both.map(({ then, cell }) => compareCells(then, cell, { leastEffect, mostP })),
    onlyBefore: [...old].filter(([key]) => !now.has(key)).map(([, cell]) => lone(cell)),
    onlyAfter: [...now].filter(([key]) => !old.has(key)).map(([, cell]) => lone(cell)),
    differences: differencesOf(before, after, copyRatio),
    copyRatio,
  };
}

interface PlacedCell {
  readonly group: ResultGroup;
  readonly cell: ResultCell;
}

function cellsOf({ groups }: BenchmarkResult): Map<string, PlacedCell> {
  return new Map(
    groups.flatMap((group) =>
      group.cells.map((cell) => [`${groupKey(group)} ${cell.contestant}`, { group, cell }] as const),
    ),
  );
}

function lone({ group, cell }: PlacedCell): LoneCell {
  return { group: groupKey(group), contestant: cell.contestant };
}

function compareCells(then: PlacedCell, now: PlacedCell, options: Required<ComparisonOptions>): CellComparison {
  const place = { ...lone(now), copyRatio: copyRatioOf(then.group, now.group) };
  if (then.cell.outcome !== "timed" || now.cell.outcome !== "timed") {
    const [was, is] = [whyNotTimed(then.cell) ?? "timed", whyNotTimed(now.cell) ?? "timed"];
    const reason = was === is ? `neither was timed (${is})` : `before: ${was}; after: ${is}`;
    return { ...place, verdict: "not comparable", ratio: null, p: null, reason };
  }
  const a = figuresOf(then.group, then.cell).roundMedians;
  const b = figuresOf(now.group, now.cell).roundMedians;
  const ratio = median([...b]) / median([...a]);
  const p = rankSumP(a, b);
  return { ...place, ratio, p, ...verdictOf(a.length, b.length, ratio, p, place.copyRatio, options) };
}

function verdictOf(
  before: number,
  after: number,
  ratio: number,
  p: number,
  copyRatio: number,
  { leastEffect, mostP }: Required<ComparisonOptions>,
): Pick<CellComparison, "verdict" | "reason"> {
  const effect = Math.abs(Math.log(ratio));
  if (effect < Math.log1p(leastEffect)) return { verdict: "same", reason: null };
  if (leastP(before, after) > mostP) {
    return {
      verdict: "not comparable",
      reason: `${before} and ${after} rounds are too few to tell a change from chance`,
    };
  }
  if (p > mostP) return { verdict: "same", reason: "the rounds overlap: it may be chance" };
  const machine = Math.max(0, Math.log(copyRatio) * Math.sign(Math.log(ratio)));
  if (effect - machine < Math.log1p(leastEffect)) {
    return {
      verdict: "not comparable",
      reason: `the copy beside it took ${changed(copyRatio)}; the machine itself may have changed`,
    };
  }
  return { verdict: ratio < 1 ? "faster" : "slower", reason: null };
}

/** The least p that samples of these sizes can have: that of samples that do not overlap. */
function leastP(a: number, b: number): number {
  return rankSumP(
    Array.from({ length: a }, (_, i) => i),
    Array.from({ length: b }, (_, i) => a + i),
  );
}

function copyRatioOf(before: ResultGroup, after: ResultGroup): number {
  return copySpeed(before.copy) / copySpeed(after.copy);
}
