import { type DType, ulpError } from "@batchnorm/core";
import type { Against, Operation } from "./bounds.js";
import type { DataClass, Mode } from "./case.js";

/** The worst error of one result of one step. */
export interface Observation {
  readonly case: string;
  readonly data: DataClass;
  /** index in the case's steps */
  readonly step: number;
  readonly mode: Mode;
  readonly operation: Operation;
  readonly against: Against;
  /** how many values were compared */
  readonly values: number;
  /** the worst error among them, in ulp at the operation's scale */
  readonly ulp: number;
  /** where it is, with what came and what the specification says; null where nothing was compared */
  readonly worst: { readonly index: number; readonly actual: number; readonly expected: number } | null;
}

/** Compares an array of results, value by value. An array of the wrong length is infinitely wrong. */
export function observe(
  where: Pick<Observation, "case" | "data" | "step" | "mode" | "operation" | "against">,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  scale: ArrayLike<number>,
  dtype: DType,
): Observation {
  if (actual.length !== expected.length) {
    const worst = { index: Math.min(actual.length, expected.length), actual: Number.NaN, expected: Number.NaN };
    return { ...where, values: expected.length, ulp: Number.POSITIVE_INFINITY, worst };
  }
  let ulp = 0;
  let index = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = ulpError(actual[i] as number, expected[i] as number, scale[i] as number, dtype);
    if (error > ulp) {
      ulp = error;
      index = i;
    }
  }
  const worst =
    expected.length === 0 ? null : { index, actual: actual[index] as number, expected: expected[index] as number };
  return { ...where, values: expected.length, ulp, worst };
}
