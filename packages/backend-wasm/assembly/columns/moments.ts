import { columnBytes, columnSumBytes } from "../plan";
import { tree, treeOfSquares } from "../runs/moments";
import { firstLanes, lower, upper } from "../vectors";

/** Adds rows of columns to the columns' sums of d and d^2, d = x - k: eight rows at a time. */
export function sumMomentsOfColumns(
  x: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  vectors: i32,
  into: usize,
): void {
  for (; rows >= 8; rows -= 8) {
    sumEight(x, rowBytes, columns, vectors, into);
    x += rowBytes << 3;
  }
  for (; rows > 0; rows--) {
    sumOne(x, columns, vectors, into);
    x += rowBytes;
  }
}

function sumEight(x0: usize, rowBytes: usize, columns: usize, vectors: i32, into: usize): void {
  const end = into + <usize>vectors * columnSumBytes;
  let x2 = x0 + (rowBytes << 1);
  let x4 = x0 + (rowBytes << 2);
  let x6 = x2 + (rowBytes << 2);
  for (; into < end; into += columnSumBytes) {
    const k = v128.load(columns);
    const d0 = f32x4.sub(v128.load(x0), k);
    const d1 = f32x4.sub(v128.load(x0 + rowBytes), k);
    const d2 = f32x4.sub(v128.load(x2), k);
    const d3 = f32x4.sub(v128.load(x2 + rowBytes), k);
    const d4 = f32x4.sub(v128.load(x4), k);
    const d5 = f32x4.sub(v128.load(x4 + rowBytes), k);
    const d6 = f32x4.sub(v128.load(x6), k);
    const d7 = f32x4.sub(v128.load(x6 + rowBytes), k);
    add(into, tree(d0, d1, d2, d3, d4, d5, d6, d7), treeOfSquares(d0, d1, d2, d3, d4, d5, d6, d7));
    columns += columnBytes;
    x0 += 16;
    x2 += 16;
    x4 += 16;
    x6 += 16;
  }
}

function sumOne(x: usize, columns: usize, vectors: i32, into: usize): void {
  const end = into + <usize>vectors * columnSumBytes;
  for (; into < end; into += columnSumBytes) {
    const d = f32x4.sub(v128.load(x), v128.load(columns));
    add(into, d, f32x4.mul(d, d));
    columns += columnBytes;
    x += 16;
  }
}

// @ts-ignore: decorator
@inline
function add(into: usize, sum: v128, squares: v128): void {
  v128.store(into, f64x2.add(v128.load(into), lower(sum)));
  v128.store(into, f64x2.add(v128.load(into, 16), upper(sum)), 16);
  v128.store(into, f64x2.add(v128.load(into, 32), lower(squares)), 32);
  v128.store(into, f64x2.add(v128.load(into, 48), upper(squares)), 48);
}

/** A last row that is not whole. */
export function sumMomentsLeftOver(x: usize, values: i32, columns: usize, into: usize): void {
  sumOne(x, columns, values >> 2, into);
  const rest = values & 3;
  if (!rest) return;
  const whole = <usize>(values >> 2);
  const d = f32x4.sub(v128.load(x + (whole << 4)), v128.load(columns + whole * columnBytes));
  const own = v128.and(d, firstLanes(rest));
  add(into + whole * columnSumBytes, own, f32x4.mul(own, own));
}
