import { columnSumBytes } from "../plan";
import { pairAt, squaresOf, sumOf4 } from "../runs/moments";
import { firstLanes, lower, upper } from "../vectors";

/**
 * Adds rows of columns to the columns' sums of x and x^2, in float64: eight rows at a time, two in each quarter, since
 * memory is read faster in several streams.
 */
export function sumMomentsOfColumns(x: usize, rowBytes: usize, rows: i32, vectors: i32, into: usize): void {
  const steps = rows >> 3;
  const stride = ((<usize>steps) << 1) * rowBytes;
  for (let i = 0; i < steps; i++) {
    sumEight(x, stride, rowBytes, vectors, into);
    x += rowBytes << 1;
  }
  x += 3 * stride;
  for (let i = steps << 3; i < rows; i++) {
    sumOne(x, vectors, into);
    x += rowBytes;
  }
}

function sumEight(x0: usize, stride: usize, rowBytes: usize, vectors: i32, into: usize): void {
  const end = into + <usize>vectors * columnSumBytes;
  let x1 = x0 + stride;
  let x2 = x1 + stride;
  let x3 = x2 + stride;
  for (; into < end; into += columnSumBytes) {
    sumPairs(x0, x1, x2, x3, rowBytes, into);
    sumPairs(x0 + 8, x1 + 8, x2 + 8, x3 + 8, rowBytes, into + 16);
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
  }
}

// @ts-ignore: decorator
@inline
function sumPairs(x0: usize, x1: usize, x2: usize, x3: usize, rowBytes: usize, into: usize): void {
  const a = pairAt(x0);
  const b = pairAt(x0 + rowBytes);
  const c = pairAt(x1);
  const d = pairAt(x1 + rowBytes);
  const e = pairAt(x2);
  const f = pairAt(x2 + rowBytes);
  const g = pairAt(x3);
  const h = pairAt(x3 + rowBytes);
  v128.store(into, f64x2.add(v128.load(into), f64x2.add(sumOf4(a, b, c, d), sumOf4(e, f, g, h))));
  const squares = f64x2.add(squaresOf(a, b, c, d), squaresOf(e, f, g, h));
  v128.store(into, f64x2.add(v128.load(into, 32), squares), 32);
}

function sumOne(x: usize, vectors: i32, into: usize): void {
  const end = into + <usize>vectors * columnSumBytes;
  for (; into < end; into += columnSumBytes) {
    const own = v128.load(x);
    add(into, lower(own), upper(own));
    x += 16;
  }
}

/** A last row that is not whole. */
export function sumMomentsLeftOver(x: usize, values: i32, into: usize): void {
  sumOne(x, values >> 2, into);
  const rest = values & 3;
  if (!rest) return;
  const whole = <usize>(values >> 2);
  const own = v128.and(v128.load(x + (whole << 4)), firstLanes(rest));
  add(into + whole * columnSumBytes, lower(own), upper(own));
}

// @ts-ignore: decorator
@inline
function add(into: usize, d0: v128, d1: v128): void {
  v128.store(into, f64x2.add(v128.load(into), d0));
  v128.store(into, f64x2.add(v128.load(into, 16), d1), 16);
  v128.store(into, f64x2.add(v128.load(into, 32), f64x2.mul(d0, d0)), 32);
  v128.store(into, f64x2.add(v128.load(into, 48), f64x2.mul(d1, d1)), 48);
}
