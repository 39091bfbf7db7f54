import { columnBytes } from "../plan";
import { affine, normalized } from "../runs/normalize";
import { lower, upper } from "../vectors";

/**
 * Rows of columns: y = activation(z), four rows at a time, one in each quarter. `rest` is the number of values behind the
 * whole vectors.
 */
export function normalizeColumns<Activation, Form>(
  x: usize,
  y: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  vectors: i32,
  rest: i32,
): void {
  const steps = rows >> 2;
  const stride = <usize>steps * rowBytes;
  for (let i = 0; i < steps; i++) {
    normalizeFour<Activation, Form>(x, y, stride, columns, vectors, rest);
    x += rowBytes;
    y += rowBytes;
  }
  x += 3 * stride;
  y += 3 * stride;
  for (let i = steps << 2; i < rows; i++) {
    normalizeOne<Activation, Form>(x, y, columns, vectors, rest);
    x += rowBytes;
    y += rowBytes;
  }
}

function normalizeFour<Activation, Form>(
  x: usize,
  y: usize,
  stride: usize,
  columns: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = columns + <usize>vectors * columnBytes;
  let x2 = x + (stride << 1);
  let y2 = y + (stride << 1);
  for (; columns < end; columns += columnBytes) {
    normalizeVector<Activation, Form>(x, y, columns);
    normalizeVector<Activation, Form>(x + stride, y + stride, columns);
    normalizeVector<Activation, Form>(x2, y2, columns);
    normalizeVector<Activation, Form>(x2 + stride, y2 + stride, columns);
    x += 16;
    x2 += 16;
    y += 16;
    y2 += 16;
  }
  if (!rest) return;
  normalizeRest<Activation, Form>(x, y, columns, rest);
  normalizeRest<Activation, Form>(x + stride, y + stride, columns, rest);
  normalizeRest<Activation, Form>(x2, y2, columns, rest);
  normalizeRest<Activation, Form>(x2 + stride, y2 + stride, columns, rest);
}

function normalizeOne<Activation, Form>(x: usize, y: usize, columns: usize, vectors: i32, rest: i32): void {
  const end = columns + <usize>vectors * columnBytes;
  for (; columns < end; columns += columnBytes) {
    normalizeVector<Activation, Form>(x, y, columns);
    x += 16;
    y += 16;
  }
  if (rest) normalizeRest<Activation, Form>(x, y, columns, rest);
}

/** The last 1 to 3 values of a row. */
function normalizeRest<Activation, Form>(x: usize, y: usize, columns: usize, rest: i32): void {
  const a = firstTwo<Activation, Form>(x, columns);
  if (rest & 2) {
    v128.store64_lane(y, a, 0);
    if (rest & 1) v128.store32_lane(y, lastTwo<Activation, Form>(x, columns), 0, 8);
  } else {
    v128.store32_lane(y, a, 0);
  }
}

// @ts-ignore: decorator
@inline
function normalizeVector<Activation, Form>(x: usize, y: usize, columns: usize): void {
  const a = firstTwo<Activation, Form>(x, columns);
  const b = lastTwo<Activation, Form>(x, columns);
  v128.store64_lane(y, a, 0);
  v128.store64_lane(y, b, 0, 8);
}

// @ts-ignore: decorator
@inline
function firstTwo<Activation, Form>(x: usize, columns: usize): v128 {
  return normalized<Activation, Form>(
    v128.load64_zero(x),
    isInteger<Form>() ? v128.load(columns) : f64x2.splat(0),
    v128.load(columns, 32),
    v128.load(columns, 64),
  );
}

// @ts-ignore: decorator
@inline
function lastTwo<Activation, Form>(x: usize, columns: usize): v128 {
  return normalized<Activation, Form>(
    v128.load64_zero(x, 8),
    isInteger<Form>() ? v128.load(columns, 16) : f64x2.splat(0),
    v128.load(columns, 48),
    v128.load(columns, 80),
  );
}

/** z of the first two of four values in float64. */
// @ts-ignore: decorator
@inline
export function lowerZ<Form>(x: v128, columns: usize): v128 {
  return affine<Form>(lower(x), v128.load(columns), v128.load(columns, 32), v128.load(columns, 64));
}

/** Of the last two. */
// @ts-ignore: decorator
@inline
export function upperZ<Form>(x: v128, columns: usize): v128 {
  return affine<Form>(upper(x), v128.load(columns, 16), v128.load(columns, 48), v128.load(columns, 80));
}
