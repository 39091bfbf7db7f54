import { isRelu, passed } from "../activation";
import { columnBytes } from "../plan";
import { affine } from "../runs/normalize";
import { inFloat32, lower, storeFirst, upper } from "../vectors";

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
  const apart = <usize>steps * rowBytes;
  for (let i = 0; i < steps; i++) {
    normalizeFour<Activation, Form>(x, y, apart, columns, vectors, rest);
    x += rowBytes;
    y += rowBytes;
  }
  x += 3 * apart;
  y += 3 * apart;
  for (let i = steps << 2; i < rows; i++) {
    normalizeOne<Activation, Form>(x, y, columns, vectors, rest);
    x += rowBytes;
    y += rowBytes;
  }
}

function normalizeFour<Activation, Form>(
  x: usize,
  y: usize,
  apart: usize,
  columns: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = columns + <usize>vectors * columnBytes;
  let x2 = x + (apart << 1);
  let y2 = y + (apart << 1);
  for (; columns < end; columns += columnBytes) {
    v128.store(y, normalizedAt<Activation, Form>(x, columns));
    v128.store(y + apart, normalizedAt<Activation, Form>(x + apart, columns));
    v128.store(y2, normalizedAt<Activation, Form>(x2, columns));
    v128.store(y2 + apart, normalizedAt<Activation, Form>(x2 + apart, columns));
    x += 16;
    x2 += 16;
    y += 16;
    y2 += 16;
  }
  if (!rest) return;
  storeFirst(y, normalizedAt<Activation, Form>(x, columns), rest);
  storeFirst(y + apart, normalizedAt<Activation, Form>(x + apart, columns), rest);
  storeFirst(y2, normalizedAt<Activation, Form>(x2, columns), rest);
  storeFirst(y2 + apart, normalizedAt<Activation, Form>(x2 + apart, columns), rest);
}

function normalizeOne<Activation, Form>(x: usize, y: usize, columns: usize, vectors: i32, rest: i32): void {
  const end = columns + <usize>vectors * columnBytes;
  for (; columns < end; columns += columnBytes) {
    v128.store(y, normalizedAt<Activation, Form>(x, columns));
    x += 16;
    y += 16;
  }
  if (rest) storeFirst(y, normalizedAt<Activation, Form>(x, columns), rest);
}

// @ts-ignore: decorator
@inline
function normalizedAt<Activation, Form>(p: usize, columns: usize): v128 {
  const x = v128.load(p);
  const y = inFloat32(lowerZ<Form>(x, columns), upperZ<Form>(x, columns));
  return isRelu<Activation>() ? passed(y, y) : y;
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
