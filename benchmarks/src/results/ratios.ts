import { max, median } from "simple-statistics";
import { caseId } from "../cases/id.js";
import { type BenchmarkCase, shapeOf } from "../cases/schema.js";
import { type TimedOperation, timedOperations } from "../operations.js";
import { fastestBackend, ratioOf } from "./derive.js";
import type { BenchmarkResult } from "./schema.js";

/** How many times as long one takes as another, on a case. */
export interface CaseRatio {
  readonly ratio: number;
  readonly case: BenchmarkCase;
}

/** The same over many cases. */
export interface RatioRange {
  /** how many cases both were timed on */
  readonly cases: number;
  /** where the other is the slowest beside it */
  readonly least: { readonly ratio: number; readonly case: string };
  readonly median: number;
  readonly most: number;
}

/** How many times as long a peer takes as the fastest of our backends, over all cases of one operation. */
export interface PeerRatios extends RatioRange {
  readonly operation: TimedOperation;
  readonly peer: string;
}

/** Every peer on every operation as users write it, without ReLU and with fresh results; those never timed are left out. */
export function peerRatios(result: BenchmarkResult): PeerRatios[] {
  const peers = result.contestants.filter(({ kind }) => kind === "peer");
  return timedOperations.flatMap((operation) =>
    peers.flatMap(({ name }) => {
      const range = rangeOf(ratiosOf(result, operation, name));
      return range === null ? [] : { operation, peer: name, ...range };
    }),
  );
}

/** Where our fastest backend is the slowest beside a peer. */
export interface WorstCase {
  readonly operation: TimedOperation;
  readonly case: BenchmarkCase;
  readonly peer: string;
  /** how many times as long the peer takes: less than 1 where it is faster */
  readonly ratio: number;
}

/**
 * On each operation the cases on which some peers leave us furthest behind, the worst first. Of a shape that is in several
 * sets, and of several peers on it, it is the worst.
 *
 * @param peers names of contestants
 * @param count of each operation
 */
export function worstCases(result: BenchmarkResult, peers: readonly string[], count: number): WorstCase[] {
  return timedOperations.flatMap((operation) => {
    const all = peers.flatMap((peer) => ratiosOf(result, operation, peer).map((one) => ({ ...one, operation, peer })));
    const byShape = new Map<string, WorstCase>();
    for (const one of all.sort((a, b) => a.ratio - b.ratio)) {
      const key = `${shapeOf(one.case)} ${one.case.dtype}`;
      if (!byShape.has(key)) byShape.set(key, one);
    }
    return [...byShape.values()].slice(0, count);
  });
}

/** A peer's time over that of our fastest backend on every case on which both were timed, as users write it. */
function ratiosOf(result: BenchmarkResult, operation: TimedOperation, peer: string): CaseRatio[] {
  return result.groups.flatMap((group) => {
    if (group.operation !== operation || group.activation !== null || group.outputs !== "fresh") return [];
    const best = fastestBackend(result, group);
    const ratio = best === null ? null : ratioOf(group, peer, best);
    return ratio === null ? [] : [{ ratio, case: group.case }];
  });
}

/** The least, the median and the largest; null of none. */
export function rangeOf(ratios: readonly CaseRatio[]): RatioRange | null {
  const [first, ...others] = ratios;
  if (first === undefined) return null;
  const least = others.reduce((one, other) => (other.ratio < one.ratio ? other : one), first);
  const values = ratios.map(({ ratio }) => ratio);
  return {
    cases: values.length,
    least: { ratio: least.ratio, case: caseId(least.case) },
    median: median(values),
    most: max(values),
  };
}
