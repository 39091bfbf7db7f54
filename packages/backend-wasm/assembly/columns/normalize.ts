import { columnBytes } from "../plan";
import { normalized } from "../runs/normalize";
import { storeFirst } from "../vectors";

/** Rows of columns: y = activation((x - mean) scale + shift), four rows at a time. */
export function normalizeColumns<Activation>(
  x: usize,
  y: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  vectors: i32,
  rest: i32,
): void {
  for (; rows >= 4; rows -= 4) {
    normalizeFour<Activation>(x, y, rowBytes, columns, vectors, rest);
    x += rowBytes << 2;
    y += rowBytes << 2;
  }
  for (; rows > 0; rows--) {
    normalizeOne<Activation>(x, y, columns, vectors, rest);
    x += rowBytes;
    y += rowBytes;
  }
}

/** `vectors` whole ones and `rest` values. */
function normalizeFour<Activation>(
  x: usize,
  y: usize,
  rowBytes: usize,
  columns: usize,
  vectors: i32,
  rest: i32,
): void {
  const end = columns + <usize>vectors * columnBytes;
  let x2 = x + (rowBytes << 1);
  let y2 = y + (rowBytes << 1);
  for (; columns < end; columns += columnBytes) {
    const mean = v128.load(columns);
    const scale = v128.load(columns, 16);
    const scaleLow = v128.load(columns, 32);
    const shift = v128.load(columns, 48);
    v128.store(y, normalized<Activation>(v128.load(x), mean, scale, scaleLow, shift));
    v128.store(y + rowBytes, normalized<Activation>(v128.load(x + rowBytes), mean, scale, scaleLow, shift));
    v128.store(y2, normalized<Activation>(v128.load(x2), mean, scale, scaleLow, shift));
    v128.store(y2 + rowBytes, normalized<Activation>(v128.load(x2 + rowBytes), mean, scale, scaleLow, shift));
    x += 16;
    x2 += 16;
    y += 16;
    y2 += 16;
  }
  if (rest) {
    normalizeRest<Activation>(x, y, columns, rest);
    normalizeRest<Activation>(x + rowBytes, y + rowBytes, columns, rest);
    normalizeRest<Activation>(x2, y2, columns, rest);
    normalizeRest<Activation>(x2 + rowBytes, y2 + rowBytes, columns, rest);
  }
}

function normalizeOne<Activation>(x: usize, y: usize, columns: usize, vectors: i32, rest: i32): void {
  const end = columns + <usize>vectors * columnBytes;
  for (; columns < end; columns += columnBytes) {
    v128.store(y, normalizedAt<Activation>(x, columns));
    x += 16;
    y += 16;
  }
  if (rest) normalizeRest<Activation>(x, y, columns, rest);
}

function normalizeRest<Activation>(x: usize, y: usize, columns: usize, rest: i32): void {
  storeFirst(y, normalizedAt<Activation>(x, columns), rest);
}

// @ts-ignore: decorator
@inline
function normalizedAt<Activation>(x: usize, columns: usize): v128 {
  return normalized<Activation>(
    v128.load(x),
    v128.load(columns),
    v128.load(columns, 16),
    v128.load(columns, 32),
    v128.load(columns, 48),
  );
}
