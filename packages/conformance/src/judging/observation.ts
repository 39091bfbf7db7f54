import type { DType } from "@batchnorm/core";
import { ulpAt, ulpError } from "@batchnorm/core/measure";
import type { Against, Operation } from "./bounds.js";
import type { Mode } from "./case.js";
import type { DataClass } from "./data-class.js";
import { type Exact, exactly } from "./exact.js";

/** The worst error of one result of one step. */
export interface Observation {
  readonly case: string;
  readonly data: DataClass;
  /** index in the case's steps */
  readonly step: number;
  readonly mode: Mode;
  readonly operation: Operation;
  readonly against: Against;
  /** the type of the result */
  readonly dtype: DType;
  /** how many values were compared */
  readonly values: number;
  /** the worst error among them, in ulp at the operation's scale */
  readonly ulp: number;
  /** where it is, with what came and what the specification says; null where nothing was compared */
  readonly worst: { readonly index: number; readonly actual: number; readonly expected: number } | null;
}

/**
 * Compares an array of results, value by value. An array of the wrong length is infinitely wrong, and so is a result
 * that is not finite where the expected one, rounded to its type, is.
 *
 * @param scale the size at which an ulp is measured, by value
 * @param dtype the type whose ulp it is
 * @param held the type in which the results are held, where that is another
 */
export function observe(
  where: Pick<Observation, "case" | "data" | "step" | "mode" | "operation" | "against">,
  actual: ArrayLike<number>,
  expected: Exact | ArrayLike<number>,
  scale: ArrayLike<number>,
  dtype: DType,
  held: DType = dtype,
): Observation {
  const { high, low } = "high" in expected ? expected : exactly(expected);
  if (actual.length !== high.length) {
    const worst = { index: Math.min(actual.length, high.length), actual: Number.NaN, expected: Number.NaN };
    return { ...where, dtype, values: high.length, ulp: Number.POSITIVE_INFINITY, worst };
  }
  let ulp = 0;
  let index = 0;
  for (let i = 0; i < high.length; i++) {
    const [came, due, size] = [actual[i] as number, high[i] as number, scale[i] as number];
    const error = bothFinite(came, due, held)
      ? Math.abs(came - due - (low?.[i] ?? 0)) / ulpAt(Number.isFinite(size) ? size : Math.abs(due), dtype)
      : ulpError(came, due, size, held);
    if (error > ulp) {
      ulp = error;
      index = i;
    }
  }
  const worst = high.length === 0 ? null : { index, actual: actual[index] as number, expected: high[index] as number };
  return { ...where, dtype, values: high.length, ulp, worst };
}

/** Whether both are finite, the expected value rounded to the type in which it is held. */
function bothFinite(actual: number, expected: number, held: DType): boolean {
  return Number.isFinite(actual) && Number.isFinite(held === "float32" ? Math.fround(expected) : expected);
}
