import { columnBytes, termBytes } from "../plan";
import { scaled, trained } from "../runs/input-gradient";
import { storeFirst } from "../vectors";

/** Rows of columns: dx = scale dz + slope (x - mean) + offset, two rows at a time. dx may be dy. */
export function trainingGradientOfColumns<Activation>(
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
  for (; rows >= 2; rows -= 2) {
    trainingTwo<Activation>(dy, x, dx, rowBytes, columns, terms, vectors, rest);
    dy += rowBytes << 1;
    x += rowBytes << 1;
    dx += rowBytes << 1;
  }
  if (rows > 0) trainingOne<Activation>(dy, x, dx, columns, terms, vectors, rest);
}

function trainingTwo<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  rowBytes: usize,
  columns: usize,
  terms: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = columns + <usize>vectors * columnBytes;
  for (; columns < end; columns += columnBytes) {
    v128.store(dx, trainedAt<Activation>(dy, x, columns, terms));
    v128.store(dx + rowBytes, trainedAt<Activation>(dy + rowBytes, x + rowBytes, columns, terms));
    terms += termBytes;
    dy += 16;
    x += 16;
    dx += 16;
  }
  if (rest) {
    storeFirst(dx, trainedAt<Activation>(dy, x, columns, terms), rest);
    storeFirst(dx + rowBytes, trainedAt<Activation>(dy + rowBytes, x + rowBytes, columns, terms), rest);
  }
}

function trainingOne<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  columns: usize,
  terms: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = columns + <usize>vectors * columnBytes;
  for (; columns < end; columns += columnBytes) {
    v128.store(dx, trainedAt<Activation>(dy, x, columns, terms));
    terms += termBytes;
    dy += 16;
    x += 16;
    dx += 16;
  }
  if (rest) storeFirst(dx, trainedAt<Activation>(dy, x, columns, terms), rest);
}

// @ts-ignore: decorator
@inline
function trainedAt<Activation>(dy: usize, x: usize, columns: usize, terms: usize): v128 {
  return trained<Activation>(
    v128.load(dy),
    v128.load(x),
    v128.load(columns),
    v128.load(columns, 16),
    v128.load(columns, 32),
    v128.load(columns, 48),
    v128.load(terms),
    v128.load(terms, 16),
  );
}

/** The same where the statistics are constants: dx = scale dz, row by row. */
export function scaleGradientOfColumns<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  vectors: i32,
  rest: i32,
): void {
  for (; rows > 0; rows--) {
    scaleOne<Activation>(dy, x, dx, columns, vectors, rest);
    dy += rowBytes;
    x += rowBytes;
    dx += rowBytes;
  }
}

function scaleOne<Activation>(dy: usize, x: usize, dx: usize, columns: usize, vectors: i32, rest: i32): void {
  const end = columns + <usize>vectors * columnBytes;
  for (; columns < end; columns += columnBytes) {
    v128.store(dx, scaledAt<Activation>(dy, x, columns));
    dy += 16;
    x += 16;
    dx += 16;
  }
  if (rest) storeFirst(dx, scaledAt<Activation>(dy, x, columns), rest);
}

// @ts-ignore: decorator
@inline
function scaledAt<Activation>(dy: usize, x: usize, columns: usize): v128 {
  return scaled<Activation>(
    dy,
    x,
    v128.load(columns),
    v128.load(columns, 16),
    v128.load(columns, 32),
    v128.load(columns, 48),
  );
}
