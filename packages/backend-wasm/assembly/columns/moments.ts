import { columnBytes, columnSumBytes } from "../plan";
import { squaresOf, sumOf4 } from "../runs/moments";
import { firstLanes, lower, upper } from "../vectors";

/** Whether any column has a k to subtract. */
export type Unshifted = f32;
export type Shifted = i32;

/**
 * Adds rows of columns to the columns' sums of d and d^2, d = x - k, in float64: eight rows at a time, two in each quarter,
 * since memory is read faster in several streams.
 */
export function sumMomentsOfColumns<Shift>(
  x: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  vectors: i32,
  into: usize,
): void {
  const steps = rows >> 3;
  const apart = (<usize>steps << 1) * rowBytes;
  for (let i = 0; i < steps; i++) {
    sumEight<Shift>(x, apart, rowBytes, columns, vectors, into);
    x += rowBytes << 1;
  }
  x += 3 * apart;
  for (let i = steps << 3; i < rows; i++) {
    sumOne(x, columns, vectors, into);
    x += rowBytes;
  }
}

function sumEight<Shift>(
  x0: usize,
  apart: usize,
  rowBytes: usize,
  columns: usize,
  vectors: i32,
  into: usize,
): void {
  const end = into + <usize>vectors * columnSumBytes;
  let x1 = x0 + apart;
  let x2 = x1 + apart;
  let x3 = x2 + apart;
  for (; into < end; into += columnSumBytes) {
    sumPairs<Shift>(x0, x1, x2, x3, rowBytes, columns, into);
    sumPairs<Shift>(x0 + 8, x1 + 8, x2 + 8, x3 + 8, rowBytes, columns + 16, into + 16);
    columns += columnBytes;
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
  }
}

// @ts-ignore: decorator
@inline
function sumPairs<Shift>(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  rowBytes: usize,
  column: usize,
  into: usize,
): void {
  const a = pairOf<Shift>(x0, column);
  const b = pairOf<Shift>(x0 + rowBytes, column);
  const c = pairOf<Shift>(x1, column);
  const d = pairOf<Shift>(x1 + rowBytes, column);
  const e = pairOf<Shift>(x2, column);
  const f = pairOf<Shift>(x2 + rowBytes, column);
  const g = pairOf<Shift>(x3, column);
  const h = pairOf<Shift>(x3 + rowBytes, column);
  v128.store(into, f64x2.add(v128.load(into), f64x2.add(sumOf4(a, b, c, d), sumOf4(e, f, g, h))));
  const squares = f64x2.add(squaresOf(a, b, c, d), squaresOf(e, f, g, h));
  v128.store(into, f64x2.add(v128.load(into, 32), squares), 32);
}

/** d of two values. */
// @ts-ignore: decorator
@inline
function pairOf<Shift>(p: usize, column: usize): v128 {
  const x = f64x2.promote_low_f32x4(v128.load64_zero(p));
  return isInteger<Shift>() ? f64x2.sub(x, v128.load(column)) : x;
}

function sumOne(x: usize, columns: usize, vectors: i32, into: usize): void {
  const end = into + <usize>vectors * columnSumBytes;
  for (; into < end; into += columnSumBytes) {
    const own = v128.load(x);
    add(into, f64x2.sub(lower(own), v128.load(columns)), f64x2.sub(upper(own), v128.load(columns, 16)));
    columns += columnBytes;
    x += 16;
  }
}

/** A last row that is not whole. */
export function sumMomentsLeftOver(x: usize, values: i32, columns: usize, into: usize): void {
  sumOne(x, columns, values >> 2, into);
  const rest = values & 3;
  if (!rest) return;
  const whole = <usize>(values >> 2);
  const own = v128.load(x + (whole << 4));
  const column = columns + whole * columnBytes;
  const d0 = v128.and(f64x2.sub(lower(own), v128.load(column)), firstLanes(rest == 1 ? 2 : 4));
  const d1 = v128.and(f64x2.sub(upper(own), v128.load(column, 16)), firstLanes(rest == 3 ? 2 : 0));
  add(into + whole * columnSumBytes, d0, d1);
}

// @ts-ignore: decorator
@inline
function add(into: usize, d0: v128, d1: v128): void {
  v128.store(into, f64x2.add(v128.load(into), d0));
  v128.store(into, f64x2.add(v128.load(into, 16), d1), 16);
  v128.store(into, f64x2.add(v128.load(into, 32), f64x2.mul(d0, d0)), 32);
  v128.store(into, f64x2.add(v128.load(into, 48), f64x2.mul(d1, d1)), 48);
}
