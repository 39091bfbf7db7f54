import type { DType } from "@batchnorm/core";

/**
 * The largest errors, in ulp at core's scales, that results of this backend may show; never more than twice the largest
 * that was measured. Results in float32 are held against the specification: all are right roundings, or the neighbours
 * of one. Those in float64 are held against double-double arithmetic: sums in float64 round at each of up to 128 terms
 * before they are carried on exactly, and variances lose up to three bits more to the choice of the shift.
 */
export const bounds = {
  float32: { y: 1, dx: 1, dGamma: 1, dBeta: 1, mean: 1, variance: 1, runningMean: 1, runningVariance: 1 },
  float64: { y: 96, dx: 192, dGamma: 96, dBeta: 20, mean: 20, variance: 144, runningMean: 5, runningVariance: 120 },
} as const;

export type Result = keyof (typeof bounds)["float32"];

/** Errors by result. */
export type Errors = Partial<Record<Result, number>>;

/** Those results whose error is beyond its bound: none, for a right backend. */
export function beyond(errors: Errors, dtype: DType): Errors {
  return Object.fromEntries(Object.entries(errors).filter(([key, ulp]) => !(ulp <= bounds[dtype][key as Result])));
}

/** The larger error of each result. */
export function worst(a: Errors, b: Errors): Errors {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as Result[]);
  return Object.fromEntries([...keys].map((key) => [key, Math.max(a[key] ?? 0, b[key] ?? 0)]));
}
