import type { DType } from "@batchnorm/core";
import { ulpAt } from "@batchnorm/core/measure";
import { expectThat } from "../../check.js";
import { type Bounds, boundOf, type Operation } from "../../judging/bounds.js";
import type { Bench } from "../bench.js";
import { besideReference } from "./beside-reference.js";
import { classOf, type Problem, type Scales, scalesOf } from "./problem.js";
import type { Results } from "./results.js";

/** The largest error, in ulp, that the table allows an operation on a problem's data. */
export function allowed(bounds: Bounds, dtype: DType, problem: Problem, operation: Operation): number {
  return boundOf(bounds, { dtype, against: "specification", data: classOf(problem), operation });
}

/** Two values that must be the same but for the errors that both may have. */
export interface Pair {
  readonly operation: Operation;
  /** what the first is, in words; the second is what it is expected to be the same as */
  readonly what: string;
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  /** the sum of both bounds, in ulp at the scale */
  readonly bound: number;
  readonly dtype: DType;
}

/** @throws Nonconformance where the two are further apart than both may be from the specification */
export function expectSame({ operation, what, first, second, scale, bound, dtype }: Pair): void {
  expectThat(
    first.length === second.length,
    () => `${operation} has ${first.length} values ${what}, ${second.length} otherwise`,
  );
  for (let i = 0; i < first.length; i++) {
    const apart = Math.abs((first[i] as number) - (second[i] as number));
    const ulp = apart / ulpAt(scale[i] as number, dtype);
    expectThat(
      ulp <= bound,
      () =>
        `${operation}[${i}] is ${first[i]} ${what}, ${second[i]} otherwise: ` +
        `${Number(ulp.toPrecision(3))} ulp apart at its scale, at most ${bound} allowed`,
    );
  }
}

/** Tells how far results are from what is right: bounds are made of it. */
export function measure(
  { subject, dtype }: Pick<Bench, "subject" | "dtype">,
  what: string,
  problem: Problem,
  results: Results,
): void {
  for (const seen of besideReference(what, classOf(problem), problem, results, dtype)) subject.observe(seen);
}

const results = ["mean", "variance", "y", "dx", "dweight", "dbias"] as const;

/**
 * Expects the results of two problems to be the same, after the second's have been mapped to where the first's stand.
 * The first are measured besides; without bounds that is all.
 *
 * @param what what is done in the first, in words: "after ..."
 */
export function expectSameResults(
  bench: Pick<Bench, "subject" | "dtype">,
  what: string,
  first: { readonly problem: Problem; readonly results: Results },
  second: { readonly problem: Problem; readonly results: Results; readonly scales?: Scales },
): void {
  measure(bench, what, first.problem, first.results);
  const { dtype } = bench;
  const { bounds } = bench.subject;
  if (bounds === null) return;
  const scales = second.scales ?? scalesOf(second.problem);
  for (const operation of results) {
    const a = first.results[operation];
    const b = second.results[operation];
    if (a === null || b === null) continue;
    const bound = allowed(bounds, dtype, first.problem, operation) + allowed(bounds, dtype, second.problem, operation);
    expectSame({ operation, what, first: a, second: b, scale: scales[operation], bound, dtype });
  }
}
