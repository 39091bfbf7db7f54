/** The first `rest` lanes. */
// @ts-ignore: decorator
@inline
export function firstLanes(rest: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest));
}

/** Stores the first `rest` lanes, 1 to 3. */
// @ts-ignore: decorator
@inline
export function storeFirst(p: usize, v: v128, rest: i32): void {
  if (rest & 2) {
    v128.store64_lane(p, v, 0);
    if (rest & 1) v128.store32_lane(p, v, 2, 8);
  } else {
    v128.store32_lane(p, v, 0);
  }
}

/** The lower two lanes in float64. */
// @ts-ignore: decorator
@inline
export function lower(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** The upper two lanes in float64. */
// @ts-ignore: decorator
@inline
export function upper(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
}

/** All four lanes, as two sums in float64. */
// @ts-ignore: decorator
@inline
export function inPairs(v: v128): v128 {
  return f64x2.add(lower(v), upper(v));
}

// @ts-ignore: decorator
@inline
export function sumOfLanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
