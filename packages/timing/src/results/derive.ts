import { max, median, min } from "simple-statistics";
import { viewOf } from "../cases/schema.js";
import { type Spread, spreadOf } from "../statistics.js";
import { bytesMoved, gigabytesPerSecond } from "../traffic.js";
import type { ResultCell, ResultCopy, ResultDrift, ResultGroup, ResultImplementation, TimedCell } from "./schema.js";

/** Who took part: the threads of each decide its roofline. */
interface WithImplementations {
  readonly implementations: readonly Pick<ResultImplementation, "name" | "kind" | "threads">[];
}

/** What the samples of a cell come to; times in milliseconds per run. */
export interface CellFigures extends Spread {
  /** the median of each round: what a comparison of two results rests on */
  readonly roundMedians: readonly number[];
  /** half of the distance of the quartiles, over the median */
  readonly spread: number;
  /** counted traffic (traffic.ts) over the median */
  readonly gigabytesPerSecond: number;
  /**
   * the roofline's time, of a copy on the implementation's threads, over the median: 1 is as fast as copying moves the
   * counted traffic, more is out of a cache
   */
  readonly roofline: number;
}

/** The figures of a cell that was timed. */
export function figuresOf(result: WithImplementations, group: ResultGroup, cell: TimedCell): CellFigures {
  const spread = spreadOf(cell.rounds.flat());
  return {
    ...spread,
    roundMedians: cell.rounds.map((round) => median([...round])),
    spread: relativeSpread(spread),
    gigabytesPerSecond: gigabytesPerSecond(trafficOf(group), spread.median),
    roofline: rooflineOf(group, threadsOf(result, cell.implementation)) / spread.median,
  };
}

/** Half of the distance of the quartiles, over the median. */
export function relativeSpread({ lower, median: middle, upper }: Spread): number {
  return (upper - lower) / 2 / middle;
}

/** Milliseconds in which a copy on so many threads, measured beside the group, moves the operation's counted traffic. */
export function rooflineOf(group: ResultGroup, threads: number): number {
  return trafficOf(group) / (copySpeed(copyOf(group, threads)) * 1e6);
}

/** The copy beside a group on as many threads; the first where there is none. */
export function copyOf({ copies }: Pick<ResultGroup, "copies">, threads: number): ResultCopy {
  return copies.find((copy) => copy.threads === threads) ?? (copies[0] as ResultCopy);
}

/** How many threads an implementation has. */
export function threadsOf({ implementations }: WithImplementations, implementation: string): number {
  return implementations.find(({ name }) => name === implementation)?.threads ?? 1;
}

/** GB/s of a copy: the median of those taken. */
export function copySpeed({ gigabytesPerSecond }: ResultCopy): number {
  return median([...gigabytesPerSecond]);
}

/** The cell of an implementation where it was timed. */
export function timedCell({ cells }: ResultGroup, implementation: string): TimedCell | null {
  const cell = cells.find((other) => other.implementation === implementation);
  return cell?.outcome === "timed" ? cell : null;
}

/** The median of an implementation's samples in milliseconds; null where it was not timed. */
export function medianOf(group: ResultGroup, implementation: string): number | null {
  const cell = timedCell(group, implementation);
  return cell === null ? null : spreadOf(cell.rounds.flat()).median;
}

/** How many times as long one implementation takes as another; null where one was not timed. */
export function ratioOf(group: ResultGroup, implementation: string, other: string): number | null {
  const [mine, others] = [medianOf(group, implementation), medianOf(group, other)];
  return mine === null || others === null ? null : mine / others;
}

/** Our backend that was the fastest in a group, which ratios in tables are of; null where none was timed. */
export function fastestBackend({ implementations }: WithImplementations, group: ResultGroup): string | null {
  const times = implementations
    .filter(({ kind }) => kind === "backend")
    .flatMap(({ name }) => ({ name, time: medianOf(group, name) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.time - b.time);
  const [fastest] = times;
  return fastest === undefined || fastest.time === Number.POSITIVE_INFINITY ? null : fastest.name;
}

/** Why there is no time where there is no cell. */
export const notMeasured = "not measured";

/** Why a cell has no time; null where it has one. */
export function whyNotTimed(cell: ResultCell | undefined): string | null {
  if (cell === undefined) return notMeasured;
  if (cell.outcome === "timed") return null;
  if (cell.outcome !== "disagrees") return `${cell.outcome}: ${cell.reason}`;
  const worst = cell.errors.filter(({ ulp, limit }) => ulp === null || ulp > limit);
  const said = worst.map(({ result, ulp, limit }) =>
    ulp === null
      ? `${result} is not finite, or of another size`
      : `${result} is off by ${Number(ulp.toPrecision(3))} ulp of ${limit}`,
  );
  return `disagrees: ${said.join(", ")}`;
}

/** From this on the machine was not steady. */
const mostDrift = 1.25;

/** How much the speed of the same copy changed over the run. */
export interface Steadiness {
  /** the fastest of the copies over the slowest; null: there are fewer than two */
  readonly drift: number | null;
  /** the copies differ by more than 25 %: something else ran beside it */
  readonly noisy: boolean;
}

/** Whether the machine was steady, by the copies before, in between and after. */
export function steadinessOf({ drift }: { readonly drift: readonly ResultDrift[] }): Steadiness {
  if (drift.length < 2) return { drift: null, noisy: false };
  const speeds = drift.map(({ copy }) => copySpeed(copy));
  const ratio = max(speeds) / min(speeds);
  return { drift: ratio, noisy: ratio > mostDrift };
}

function trafficOf({ case: testCase, operation }: ResultGroup): number {
  return bytesMoved(operation, viewOf(testCase), testCase.dtype);
}
