import type { ResultCell, ResultGroup, TimedTask } from "@batchnorm/timing";
import {
  changed,
  copySpeed,
  driftBeside,
  figuresOf,
  formatShare,
  groupKey,
  threadsOf,
  whyNotTimed,
} from "@batchnorm/timing";
import { median } from "simple-statistics";
import { anotherMachine, differencesOf } from "./differences.js";
import { rankSumP } from "./rank-sum.js";
import type { BenchmarkResult } from "./schema.js";

/** How an implementation's time changed on one task of one case. */
export interface CellComparison {
  /** the group (derive.ts) */
  readonly group: string;
  readonly implementation: string;
  /** what the group times */
  readonly task: ComparedTask;
  /** "not timed": in neither */
  readonly verdict: "faster" | "slower" | "same" | "not comparable" | "not timed";
  /** the time after over the time before, of the medians of the rounds' medians; null where one has no time */
  readonly ratio: number | null;
  /** of the rank-sum test of the rounds' medians */
  readonly p: number | null;
  /** the same for the copy beside them, on the implementation's threads where both have such; null: none in common */
  readonly copyRatio: number | null;
  /** from which change on it counts */
  readonly threshold: Threshold;
  /** why the verdict is not the ratio's; null where it is */
  readonly reason: string | null;
}

/** A task on a case. */
export type ComparedTask = Pick<ResultGroup, "case" | keyof TimedTask>;

/** A cell that only one of two results has. */
export interface LoneCell {
  readonly group: string;
  readonly implementation: string;
}

/** From which change of a median on it counts. */
export interface Threshold {
  /** 0.05: 5 % longer */
  readonly leastEffect: number;
  /** why it is that, in words */
  readonly reason: string;
}

export interface ResultComparison {
  readonly cells: readonly CellComparison[];
  readonly onlyBefore: readonly LoneCell[];
  readonly onlyAfter: readonly LoneCell[];
  /** what differs besides the times, in sentences: machine, implementations, the copies' speed, noise */
  readonly differences: readonly string[];
  /** the time of the copies after over before, of all groups that both have; null: none */
  readonly copyRatio: number | null;
}

/** A change of the median by less is "same", and so is one by less than the same copy changed by around it in either run. */
const least = 0.05;

/** A change that chance alone makes more often is "same". */
const mostP = 0.01;

/**
 * Holds two results beside each other, cell by cell. A change counts where the medians of the rounds are told apart
 * by a rank-sum test (p of at most 0.01: with five rounds, no overlap), are at least 5 % apart, or as much as one and
 * the same copy changed by from before the cell to after it, in either run, where that is more, and still are without
 * what the copy beside them changed by in the same direction. Times of different machines are not comparable.
 */
export function compareResults(before: BenchmarkResult, after: BenchmarkResult): ResultComparison {
  const [old, now] = [cellsOf(before), cellsOf(after)];
  const both = [...now].flatMap(([key, cell]) => {
    const then = old.get(key);
    return then === undefined ? [] : [{ then, cell }];
  });
  const machine = anotherMachine(before, after);
  const cells = both.map(({ then, cell }) => compareCells(then, cell, machine));
  const copies = cells.flatMap((cell) => cell.copyRatio ?? []);
  const copyRatio = copies.length === 0 ? null : median(copies);
  return {
    cells,
    onlyBefore: [...old].filter(([key]) => !now.has(key)).map(([, cell]) => lone(cell)),
    onlyAfter: [...now].filter(([key]) => !old.has(key)).map(([, cell]) => lone(cell)),
    differences: differencesOf(before, after, copyRatio),
    copyRatio,
  };
}

/** A change by less than what the same copy changed by around a cell, in either run, tells nothing. */
function thresholdOf(then: PlacedCell, now: PlacedCell): Threshold {
  const [was, is] = [driftBeside(then.result, then.at), driftBeside(now.result, now.at)];
  const drift = Math.max(was ?? 1, is ?? 1);
  if (drift - 1 > least) {
    const when = was === is ? "both runs" : `the run ${drift === was ? "before" : "after"}`;
    return { leastEffect: drift - 1, reason: `the same copy changed by as much meanwhile in ${when}` };
  }
  const steady =
    was === null || is === null
      ? "how steady the machine was is not known of both runs"
      : "the same copy changed by no more meanwhile";
  return { leastEffect: least, reason: `the least that counts; ${steady}` };
}

interface PlacedCell {
  readonly result: BenchmarkResult;
  readonly group: ResultGroup;
  /** the group's place in the result */
  readonly at: number;
  readonly cell: ResultCell;
}

function cellsOf(result: BenchmarkResult): Map<string, PlacedCell> {
  return new Map(
    result.groups.flatMap((group, at) =>
      group.cells.map((cell) => [`${groupKey(group)} ${cell.implementation}`, { result, group, at, cell }] as const),
    ),
  );
}

function lone({ group, cell }: PlacedCell): LoneCell {
  return { group: groupKey(group), implementation: cell.implementation };
}

/** @param machine in what the machines differ; null: in nothing */
function compareCells(then: PlacedCell, now: PlacedCell, machine: string | null): CellComparison {
  const { case: testCase, operation, activation, outputs } = now.group;
  const task = { case: testCase, operation, activation, outputs };
  const place = {
    ...lone(now),
    task,
    copyRatio: copyRatioOf(then, now),
    threshold: thresholdOf(then, now),
  };
  if (then.cell.outcome !== "timed" || now.cell.outcome !== "timed") {
    const [was, is] = [whyNotTimed(then.cell) ?? "timed", whyNotTimed(now.cell) ?? "timed"];
    const neither = then.cell.outcome !== "timed" && now.cell.outcome !== "timed";
    const reason = was === is ? is : `before: ${was}; after: ${is}`;
    return { ...place, verdict: neither ? "not timed" : "not comparable", ratio: null, p: null, reason };
  }
  const a = figuresOf(then.result, then.group, then.cell).roundMedians;
  const b = figuresOf(now.result, now.group, now.cell).roundMedians;
  const ratio = median([...b]) / median([...a]);
  const p = rankSumP(a, b);
  if (machine !== null) return { ...place, ratio, p, verdict: "not comparable", reason: machine };
  return { ...place, ratio, p, ...verdictOf(a.length, b.length, ratio, p, place) };
}

function verdictOf(
  before: number,
  after: number,
  ratio: number,
  p: number,
  { copyRatio, threshold }: Pick<CellComparison, "copyRatio" | "threshold">,
): Pick<CellComparison, "verdict" | "reason"> {
  const effect = Math.abs(Math.log(ratio));
  if (effect < Math.log1p(least)) return { verdict: "same", reason: null };
  const counts = Math.log1p(threshold.leastEffect);
  if (effect < counts) {
    return { verdict: "same", reason: `less than ${formatShare(threshold.leastEffect)}: ${threshold.reason}` };
  }
  if (leastP(before, after) > mostP) {
    return {
      verdict: "not comparable",
      reason: `${before} and ${after} rounds are too few to tell a change from chance`,
    };
  }
  if (p > mostP) return { verdict: "same", reason: "the rounds overlap: it may be chance" };
  const machine = copyRatio === null ? 0 : Math.max(0, Math.log(copyRatio) * Math.sign(Math.log(ratio)));
  if (copyRatio !== null && effect - machine < counts) {
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

/** Of copies on the same number of threads: the implementation's, or the first that both groups have. */
function copyRatioOf(before: PlacedCell, after: PlacedCell): number | null {
  const pairs = after.group.copies.flatMap((now) => {
    const then = before.group.copies.find(({ threads }) => threads === now.threads);
    return then === undefined ? [] : [{ threads: now.threads, ratio: copySpeed(then) / copySpeed(now) }];
  });
  const own = threadsOf(after.result, after.cell.implementation);
  return (pairs.find(({ threads }) => threads === own) ?? pairs[0])?.ratio ?? null;
}
