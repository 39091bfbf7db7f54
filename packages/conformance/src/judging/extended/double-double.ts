/**
 * Numbers of twice float64's precision, as unevaluated sums high + low: 106 bits, so that a float64 result can be held
 * against them as if they were exact. NaN where an operation leaves the range in which its rounding error is a float64.
 *
 * Source: Dekker, "A floating-point technique for extending the available precision", 1971; Knuth's two-sum.
 */
export interface Wide {
  readonly high: number;
  readonly low: number;
}

export function wide(high: number, low = 0): Wide {
  return { high, low };
}

/** a + b and what that addition rounds off */
export function twoSum(a: number, b: number): Wide {
  const high = a + b;
  const added = high - a;
  return { high, low: a - (high - added) + (b - added) };
}

/** a * b and what that product rounds off; for |a|, |b| below 2^996 */
export function twoProduct(a: number, b: number): Wide {
  const high = a * b;
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) };
}

function upperHalf(a: number): number {
  const shifted = a * (2 ** 27 + 1);
  return shifted - (shifted - a);
}

export function add(a: Wide, b: Wide): Wide {
  const high = twoSum(a.high, b.high);
  const low = twoSum(a.low, b.low);
  const once = twoSum(high.high, high.low + low.high);
  return twoSum(once.high, once.low + low.low);
}

export function subtract(a: Wide, b: Wide): Wide {
  return add(a, wide(-b.high, -b.low));
}

export function multiply(a: Wide, b: Wide): Wide {
  const product = twoProduct(a.high, b.high);
  return twoSum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

export function divide(a: Wide, b: Wide): Wide {
  const first = a.high / b.high;
  const rest = subtract(a, multiply(wide(first), b));
  const second = rest.high / b.high;
  const third = subtract(rest, multiply(wide(second), b)).high / b.high;
  return add(twoSum(first, second), wide(third));
}

export function root(a: Wide): Wide {
  if (a.high === 0) return wide(0);
  const first = Math.sqrt(a.high);
  const rest = subtract(a, twoProduct(first, first));
  return twoSum(first, rest.high / (2 * first));
}
