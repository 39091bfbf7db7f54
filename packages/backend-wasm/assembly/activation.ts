/**
 * Kernels are generic over what follows scale and shift, so that each has a loop without a question in it. The types
 * only name the two.
 */
export type Plain = f32;
export type Relu = i32;

// @ts-ignore: decorator
@inline
export function isRelu<Activation>(): bool {
  return isInteger<Activation>();
}

/** max(z, 0) in both lanes of float64: NaN stays. */
// @ts-ignore: decorator
@inline
export function rectified(z: v128): v128 {
  return f64x2.pmax(z, f64x2.splat(0));
}

/** `z <= 0 ? 0 : value` in both lanes of float64: NaN passes. */
// @ts-ignore: decorator
@inline
export function passedPair(value: v128, z: v128): v128 {
  return v128.andnot(value, f64x2.le(z, f64x2.splat(0)));
}

/** Values in float32, by z of the first and the last two in float64. */
// @ts-ignore: decorator
@inline
export function passedBy(value: v128, low: v128, high: v128): v128 {
  const zero = f64x2.splat(0);
  return v128.andnot(value, v128.shuffle<i32>(f64x2.le(low, zero), f64x2.le(high, zero), 0, 2, 4, 6));
}

/** The same of one value in float64. */
// @ts-ignore: decorator
@inline
export function passedWide(value: f64, z: f64): f64 {
  return z <= 0 ? 0 : value;
}
