import { type BenchmarkCase, viewOf } from "../cases/schema.js";
import { type Spread, spreadOf } from "../statistics.js";
import { bytesOf } from "../traffic.js";
import { timedCell } from "./derive.js";
import type { BenchmarkResult, ResultGroup } from "./schema.js";

/** The set in which nothing but the size changes. */
const scalingSet = "scaling";

/** Two medians that differ by less are even, as are two of which the quartiles overlap. */
const leastDifference = 1.05;

/** The sizes at which one contestant overtakes another. */
export interface PairCrossings extends ScalingTask {
  readonly contestants: readonly [string, string];
  /** from small to large */
  readonly crossings: readonly Crossing[];
  /** who is the faster at every size at which they are not even; null: neither, or there are crossings */
  readonly faster: string | null;
}

export interface Crossing {
  /** of x: where the two take as long, between the sizes measured on either side, linear on a log-log plot */
  readonly bytes: number;
  /** the faster below */
  readonly below: string;
  /** the faster above */
  readonly above: string;
}

/** What is done at every size. */
export interface ScalingTask {
  readonly layout: BenchmarkCase["layout"];
  readonly dtype: BenchmarkCase["dtype"];
  readonly operation: ResultGroup["operation"];
  readonly activation: ResultGroup["activation"];
  readonly outputs: ResultGroup["outputs"];
}

/** One task of the scaling set, by size of x. */
export interface ScalingSeries extends ScalingTask {
  readonly sizes: readonly { readonly bytes: number; readonly group: ResultGroup }[];
}

/** The groups of the scaling set by task, each from small to large. */
export function scalingOf(result: BenchmarkResult): ScalingSeries[] {
  const series = new Map<string, ScalingTask & { sizes: { bytes: number; group: ResultGroup }[] }>();
  for (const group of result.groups.filter(({ case: kase }) => kase.set === scalingSet)) {
    const { operation, activation, outputs } = group;
    const { layout, dtype } = group.case;
    const key = [layout, dtype, operation, activation, outputs].join(" ");
    const one = series.get(key) ?? { layout, dtype, operation, activation, outputs, sizes: [] };
    one.sizes.push({ bytes: bytesOf(viewOf(group.case), dtype), group });
    series.set(key, one);
  }
  return [...series.values()].map((one) => ({ ...one, sizes: one.sizes.sort((a, b) => a.bytes - b.bytes) }));
}

/** For every task of the scaling set and every two contestants that were timed at a size, where they cross. */
export function crossingsOf(result: BenchmarkResult): PairCrossings[] {
  const names = result.contestants.map(({ name }) => name);
  return scalingOf(result).flatMap(({ sizes, ...task }) =>
    names.flatMap((first, at) =>
      names.slice(at + 1).flatMap((second) => {
        const points = sizes.flatMap(({ bytes, group }) => {
          const [a, b] = [timesOf(group, first), timesOf(group, second)];
          if (a === null || b === null) return [];
          return [{ size: Math.log(bytes), lead: Math.log(b.median / a.median), apart: areApart(a, b) }];
        });
        return points.length === 0
          ? []
          : [{ ...task, contestants: [first, second] as const, ...cross(first, second, points) }];
      }),
    ),
  );
}

function timesOf(group: ResultGroup, contestant: string): Spread | null {
  const cell = timedCell(group, contestant);
  return cell === null ? null : spreadOf(cell.rounds.flat());
}

/** Whether two are told apart at a size: by more than the least difference, and their quartiles do not overlap. */
function areApart(a: Spread, b: Spread): boolean {
  const ratio = Math.max(a.median / b.median, b.median / a.median);
  return ratio >= leastDifference && (a.upper < b.lower || b.upper < a.lower);
}

/** Two at one size. */
interface Point {
  /** its logarithm */
  readonly size: number;
  /** log of the second's time over the first's: positive where the first is faster */
  readonly lead: number;
  readonly apart: boolean;
}

/** Only sizes at which the two are told apart decide that they cross; those between them tell where. */
function cross(first: string, second: string, points: readonly Point[]) {
  const decided = points.filter(({ apart }) => apart);
  const who = (lead: number) => (lead > 0 ? first : second);
  const crossings: Crossing[] = [];
  for (const [i, after] of decided.entries()) {
    const before = decided[i - 1];
    if (before === undefined || before.lead > 0 === after.lead > 0) continue;
    const between = points.slice(points.indexOf(before), points.indexOf(after) + 1);
    crossings.push({ bytes: Math.exp(firstTurn(between)), below: who(before.lead), above: who(after.lead) });
  }
  const [leader] = decided;
  return { crossings, faster: leader === undefined || crossings.length > 0 ? null : who(leader.lead) };
}

/** The log size at which another than at the start is the faster for the first time. */
function firstTurn(points: readonly Point[]): number {
  const at = points.findIndex(({ lead }) => lead > 0 !== (points[0] as Point).lead > 0);
  const [before, after] = points.slice(at - 1) as [Point, Point];
  const share = before.lead / (before.lead - after.lead);
  return before.size + share * (after.size - before.size);
}
