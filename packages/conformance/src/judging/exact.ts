import type { Wide } from "./extended/double-double.js";

/**
 * Expected values, as sums `high + low`: what float64 has no room for in the high parts stands in the low ones. Without
 * low parts, where float64 is enough to be held against.
 */
export interface Exact {
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number> | null;
}

/** Values in double-double arithmetic, to be filled in. */
export interface WideArray extends Exact {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** A running mean and variance by channel. */
export interface Running<Values> {
  readonly mean: Values;
  readonly variance: Values;
}

/** Values as they are. */
export function exactly(values: ArrayLike<number>): Exact {
  return { high: values, low: null };
}

export function wideArray(length: number): WideArray {
  return { high: new Float64Array(length), low: new Float64Array(length) };
}

export function put(to: WideArray, index: number, { high, low }: Wide): void {
  to.high[index] = high;
  to.low[index] = low;
}

/** Value `index`, as exact as it is known. */
export function at({ high, low }: Exact, index: number): Wide {
  return { high: high[index] as number, low: low?.[index] ?? 0 };
}

/**
 * Replaces what is not finite by what the specification says: it has the infinities and NaNs that are due, and the
 * numbers at the ends of float64's range, where double-double arithmetic has none.
 */
export function mend(result: WideArray, specification: Float64Array): WideArray {
  const { high, low } = result;
  for (let i = 0; i < high.length; i++) {
    if (Number.isFinite(high[i]) && Number.isFinite(low[i])) continue;
    high[i] = specification[i] as number;
    low[i] = 0;
  }
  return result;
}
