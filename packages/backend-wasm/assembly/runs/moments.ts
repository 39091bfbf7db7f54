import { runSumBytes } from "../plan";
import { firstLanes } from "../vectors";

/**
 * Adds runs of `count` channels, one after the other, to their sums of x and x^2, in float64. Float32 will not do, even in
 * short trees: the roundings of equal terms add up, and the gradient of gamma multiplies what is lost of the mean by the
 * root of the number of values.
 *
 * Each run is summed with three others that lie `apart` bytes further each: memory is read faster in several streams.
 */
export function sumMomentsOfFour(x: usize, stride: usize, length: i32, count: i32, into: usize): void {
  for (let c = 0; c < count; c++) {
    sumFour(x, stride, length, into);
    x += (<usize>length) << 2;
    into += runSumBytes;
  }
}

/** The same of single runs. */
export function sumMomentsOfOne(x: usize, length: i32, count: i32, into: usize): void {
  for (let c = 0; c < count; c++) {
    sumOne(x, length, into);
    x += (<usize>length) << 2;
    into += runSumBytes;
  }
}

// @ts-ignore: decorator
@inline
function sumFour(p: usize, stride: usize, length: i32, into: usize): void {
  let sum = v128.load(into);
  let squares = v128.load(into, 16);
  let q = p + (stride << 1);
  const end = p + (<usize>(length >> 2) << 4);
  for (; p < end; p += 16, q += 16) {
    const a = pairAt(p);
    const b = pairAt(p + 8);
    const c = pairAt(p + stride);
    const d = pairAt(p + stride + 8);
    const e = pairAt(q);
    const f = pairAt(q + 8);
    const g = pairAt(q + stride);
    const h = pairAt(q + stride + 8);
    sum = f64x2.add(sum, f64x2.add(sumOf4(a, b, c, d), sumOf4(e, f, g, h)));
    squares = f64x2.add(squares, f64x2.add(squaresOf(a, b, c, d), squaresOf(e, f, g, h)));
  }
  if (length & 2) {
    const a = pairAt(p);
    const b = pairAt(p + stride);
    const c = pairAt(q);
    const d = pairAt(q + stride);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    squares = f64x2.add(squares, squaresOf(a, b, c, d));
    p += 8;
    q += 8;
  }
  if (length & 1) {
    const lanes = firstLanes(2);
    const a = v128.and(pairAt(p), lanes);
    const b = v128.and(pairAt(p + stride), lanes);
    const c = v128.and(pairAt(q), lanes);
    const d = v128.and(pairAt(q + stride), lanes);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    squares = f64x2.add(squares, squaresOf(a, b, c, d));
  }
  v128.store(into, sum);
  v128.store(into, squares, 16);
}

// @ts-ignore: decorator
@inline
function sumOne(p: usize, length: i32, into: usize): void {
  let sum = v128.load(into);
  let squares = v128.load(into, 16);
  const blocksEnd = p + (<usize>(length >> 3) << 5);
  for (; p < blocksEnd; p += 32) {
    const a = pairAt(p);
    const b = pairAt(p + 8);
    const c = pairAt(p + 16);
    const d = pairAt(p + 24);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    squares = f64x2.add(squares, squaresOf(a, b, c, d));
  }
  const pairsEnd = p + (<usize>((length & 7) >> 1) << 3);
  for (; p < pairsEnd; p += 8) {
    const a = pairAt(p);
    sum = f64x2.add(sum, a);
    squares = f64x2.add(squares, f64x2.mul(a, a));
  }
  if (length & 1) {
    const a = v128.and(pairAt(p), firstLanes(2));
    sum = f64x2.add(sum, a);
    squares = f64x2.add(squares, f64x2.mul(a, a));
  }
  v128.store(into, sum);
  v128.store(into, squares, 16);
}

/** Two values in float64. */
// @ts-ignore: decorator
@inline
export function pairAt(p: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(p));
}

// @ts-ignore: decorator
@inline
export function sumOf4(a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
}

// @ts-ignore: decorator
@inline
export function squaresOf(a: v128, b: v128, c: v128, d: v128): v128 {
  return sumOf4(f64x2.mul(a, a), f64x2.mul(b, b), f64x2.mul(c, c), f64x2.mul(d, d));
}
