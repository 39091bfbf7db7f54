import { channel } from "../job";
import { runSumBytes } from "../plan";
import { firstLanes } from "../vectors";

/**
 * Adds runs of `count` channels, one after the other, to their sums of d and d^2, d = x - k, in float64. Float32 will not
 * do, even in short trees: the roundings of equal terms add up, and the gradient of gamma multiplies what is lost of the
 * mean by the root of the number of values.
 *
 * Each run is summed with three others that lie `apart` bytes further each: memory is read faster in several streams.
 */
export function sumMomentsOfFour(x: usize, apart: usize, length: i32, first: i32, count: i32, into: usize): void {
  for (let c = first; c < first + count; c++) {
    const k = channel(c).k;
    if (k == 0) sumFour<Unshifted>(x, apart, length, f64x2.splat(0), into);
    else sumFour<Shifted>(x, apart, length, f64x2.splat(k), into);
    x += <usize>length << 2;
    into += runSumBytes;
  }
}

/** The same of single runs. */
export function sumMomentsOfOne(x: usize, length: i32, first: i32, count: i32, into: usize): void {
  for (let c = first; c < first + count; c++) {
    const k = channel(c).k;
    if (k == 0) sumOne<Unshifted>(x, length, f64x2.splat(0), into);
    else sumOne<Shifted>(x, length, f64x2.splat(k), into);
    x += <usize>length << 2;
    into += runSumBytes;
  }
}

/** Whether there is a k to subtract: a loop of its own for either. */
type Unshifted = f32;
type Shifted = i32;

// @ts-ignore: decorator
@inline
function sumFour<Shift>(p: usize, apart: usize, length: i32, k: v128, into: usize): void {
  let sum = v128.load(into);
  let squares = v128.load(into, 16);
  let q = p + (apart << 1);
  const end = p + (<usize>(length >> 2) << 4);
  for (; p < end; p += 16, q += 16) {
    const a = pairOf<Shift>(p, k);
    const b = pairOf<Shift>(p + 8, k);
    const c = pairOf<Shift>(p + apart, k);
    const d = pairOf<Shift>(p + apart + 8, k);
    const e = pairOf<Shift>(q, k);
    const f = pairOf<Shift>(q + 8, k);
    const g = pairOf<Shift>(q + apart, k);
    const h = pairOf<Shift>(q + apart + 8, k);
    sum = f64x2.add(sum, f64x2.add(sumOf4(a, b, c, d), sumOf4(e, f, g, h)));
    squares = f64x2.add(squares, f64x2.add(squaresOf(a, b, c, d), squaresOf(e, f, g, h)));
  }
  if (length & 2) {
    const a = pairOf<Shift>(p, k);
    const b = pairOf<Shift>(p + apart, k);
    const c = pairOf<Shift>(q, k);
    const d = pairOf<Shift>(q + apart, k);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    squares = f64x2.add(squares, squaresOf(a, b, c, d));
    p += 8;
    q += 8;
  }
  if (length & 1) {
    const lanes = firstLanes(2);
    const a = v128.and(pairOf<Shift>(p, k), lanes);
    const b = v128.and(pairOf<Shift>(p + apart, k), lanes);
    const c = v128.and(pairOf<Shift>(q, k), lanes);
    const d = v128.and(pairOf<Shift>(q + apart, k), lanes);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    squares = f64x2.add(squares, squaresOf(a, b, c, d));
  }
  v128.store(into, sum);
  v128.store(into, squares, 16);
}

// @ts-ignore: decorator
@inline
function sumOne<Shift>(p: usize, length: i32, k: v128, into: usize): void {
  let sum = v128.load(into);
  let squares = v128.load(into, 16);
  const blocksEnd = p + (<usize>(length >> 3) << 5);
  for (; p < blocksEnd; p += 32) {
    const a = pairOf<Shift>(p, k);
    const b = pairOf<Shift>(p + 8, k);
    const c = pairOf<Shift>(p + 16, k);
    const d = pairOf<Shift>(p + 24, k);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    squares = f64x2.add(squares, squaresOf(a, b, c, d));
  }
  const pairsEnd = p + (<usize>((length & 7) >> 1) << 3);
  for (; p < pairsEnd; p += 8) {
    const a = pairOf<Shift>(p, k);
    sum = f64x2.add(sum, a);
    squares = f64x2.add(squares, f64x2.mul(a, a));
  }
  if (length & 1) {
    const a = v128.and(pairOf<Shift>(p, k), firstLanes(2));
    sum = f64x2.add(sum, a);
    squares = f64x2.add(squares, f64x2.mul(a, a));
  }
  v128.store(into, sum);
  v128.store(into, squares, 16);
}

/** d of two values. */
// @ts-ignore: decorator
@inline
function pairOf<Shift>(p: usize, k: v128): v128 {
  const x = f64x2.promote_low_f32x4(v128.load64_zero(p));
  return isInteger<Shift>() ? f64x2.sub(x, k) : x;
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
