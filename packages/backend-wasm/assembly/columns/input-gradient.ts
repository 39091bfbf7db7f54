import { isRelu, passedBy } from "../activation";
import { columnBytes, termBytes } from "../plan";
import { trained } from "../runs/input-gradient";
import { storeFirst } from "../vectors";
import { lowerZ, upperZ } from "./normalize";

/**
 * Rows of columns: dx = scale dz + slope (x - mean) + offset, in float32, two rows at a time, one in each half. dx may be
 * dy. `rest` is the number of values behind the whole vectors.
 */
export function trainingGradientOfColumns<Activation, Form>(
  dy: usize,
  x: usize,
  dx: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  terms: usize,
  vectors: i32,
  rest: i32,
): void {
  const steps = rows >> 1;
  const stride = <usize>steps * rowBytes;
  for (let i = 0; i < steps; i++) {
    trainingTwo<Activation, Form>(dy, x, dx, stride, columns, terms, vectors, rest);
    dy += rowBytes;
    x += rowBytes;
    dx += rowBytes;
  }
  if (rows & 1) trainingOne<Activation, Form>(dy + stride, x + stride, dx + stride, columns, terms, vectors, rest);
}

function trainingTwo<Activation, Form>(
  dy: usize,
  x: usize,
  dx: usize,
  stride: usize,
  columns: usize,
  terms: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = terms + <usize>vectors * termBytes;
  for (; terms < end; terms += termBytes) {
    const a = trainedAt<Activation, Form>(dy, x, columns, terms);
    const b = trainedAt<Activation, Form>(dy + stride, x + stride, columns, terms);
    v128.store(dx, a);
    v128.store(dx + stride, b);
    columns += columnBytes;
    dy += 16;
    x += 16;
    dx += 16;
  }
  if (!rest) return;
  storeFirst(dx, trainedAt<Activation, Form>(dy, x, columns, terms), rest);
  storeFirst(dx + stride, trainedAt<Activation, Form>(dy + stride, x + stride, columns, terms), rest);
}

function trainingOne<Activation, Form>(
  dy: usize,
  x: usize,
  dx: usize,
  columns: usize,
  terms: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = terms + <usize>vectors * termBytes;
  for (; terms < end; terms += termBytes) {
    v128.store(dx, trainedAt<Activation, Form>(dy, x, columns, terms));
    columns += columnBytes;
    dy += 16;
    x += 16;
    dx += 16;
  }
  if (rest) storeFirst(dx, trainedAt<Activation, Form>(dy, x, columns, terms), rest);
}

// @ts-ignore: decorator
@inline
function trainedAt<Activation, Form>(dy: usize, p: usize, columns: usize, terms: usize): v128 {
  const x = v128.load(p);
  return trained(
    behind<Activation, Form>(v128.load(dy), x, columns),
    x,
    v128.load(terms),
    v128.load(terms, 16),
    v128.load(terms, 32),
    v128.load(terms, 48),
  );
}

/** dz: dy behind the activation, by the same z in float64 as the forward pass. */
// @ts-ignore: decorator
@inline
function behind<Activation, Form>(dy: v128, x: v128, columns: usize): v128 {
  return isRelu<Activation>() ? passedBy(dy, lowerZ<Form>(x, columns), upperZ<Form>(x, columns)) : dy;
}

/** The same where the statistics are constants: dx = scale dz, row by row. */
export function scaleGradientOfColumns<Activation, Form>(
  dy: usize,
  x: usize,
  dx: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  terms: usize,
  vectors: i32,
  rest: i32,
): void {
  for (; rows > 0; rows--) {
    scaleOne<Activation, Form>(dy, x, dx, columns, terms, vectors, rest);
    dy += rowBytes;
    x += rowBytes;
    dx += rowBytes;
  }
}

function scaleOne<Activation, Form>(
  dy: usize,
  x: usize,
  dx: usize,
  columns: usize,
  terms: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = terms + <usize>vectors * termBytes;
  for (; terms < end; terms += termBytes) {
    v128.store(dx, scaledAt<Activation, Form>(dy, x, columns, terms));
    columns += columnBytes;
    dy += 16;
    x += 16;
    dx += 16;
  }
  if (rest) storeFirst(dx, scaledAt<Activation, Form>(dy, x, columns, terms), rest);
}

/** x is read only where there is an activation to go behind. */
// @ts-ignore: decorator
@inline
function scaledAt<Activation, Form>(dy: usize, x: usize, columns: usize, terms: usize): v128 {
  const gradient = v128.load(dy);
  const dz = isRelu<Activation>() ? behind<Activation, Form>(gradient, v128.load(x), columns) : gradient;
  return f32x4.mul(dz, v128.load(terms, 16));
}
