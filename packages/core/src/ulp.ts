import type { DType } from "./dtype.js";

const formats = {
  float32: { fractionBits: 23, smallestNormalExponent: -126 },
  float64: { fractionBits: 52, smallestNormalExponent: -1022 },
} as const;

/**
 * The unit in the last place of a float format at a scale: the distance between neighbouring numbers of the
 * size of `scale`, which is floored at the smallest normal number.
 */
export function ulpAt(scale: number, dtype: DType): number {
  const { fractionBits, smallestNormalExponent } = formats[dtype];
  return 2 ** Math.max(Math.max(exponentOf(scale), smallestNormalExponent) - fractionBits, -1074);
}

/**
 * The error of one result in ulp at a scale: `|actual - expected| / ulpAt(scale)`.
 *
 * 0 where both are the same infinity or both are NaN. Infinity where the result is not finite although the
 * reference, rounded to the format, is; and where it is finite although the reference is not.
 *
 * @param expected the reference in float64, unrounded
 * @param scale the size of the terms that the result is made of, see scales.ts
 */
export function ulpError(actual: number, expected: number, scale: number, dtype: DType): number {
  const rounded = dtype === "float32" ? Math.fround(expected) : expected;
  if (Object.is(actual, rounded) || actual === rounded) {
    return Number.isFinite(rounded) ? Math.abs(actual - expected) / ulpAt(scale, dtype) : 0;
  }
  if (!Number.isFinite(actual) || !Number.isFinite(rounded)) return Infinity;
  return Math.abs(actual - expected) / ulpAt(Number.isFinite(scale) ? scale : Math.abs(expected), dtype);
}

const bits = new DataView(new ArrayBuffer(8));

/** floor(log2 |x|), exactly; 0 and denormals of float64 give -1023. */
function exponentOf(x: number): number {
  bits.setFloat64(0, x);
  return ((bits.getUint32(0) >>> 20) & 0x7ff) - 1023;
}
