import { isRelu, passedPair } from "../activation";
import { columnBytes, columnSumBytes } from "../plan";
import { productsOf } from "../runs/gradient-sums";
import { pairAt, sumOf4 } from "../runs/moments";
import { affine } from "../runs/normalize";
import { firstLanes } from "../vectors";

/**
 * Adds rows of columns to the columns' sums of dz and dz (x - mean), in float64: four
 * rows at a time, one in each quarter.
 */
export function sumGradientsOfColumns<Activation, Form>(
  dy: usize,
  x: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  vectors: i32,
  into: usize,
): void {
  const steps = rows >> 2;
  const stride = <usize>steps * rowBytes;
  for (let i = 0; i < steps; i++) {
    sumFour<Activation, Form>(dy, x, stride, columns, vectors, into);
    dy += rowBytes;
    x += rowBytes;
  }
  dy += 3 * stride;
  x += 3 * stride;
  for (let i = steps << 2; i < rows; i++) {
    sumOne<Activation, Form>(dy, x, columns, vectors, into);
    dy += rowBytes;
    x += rowBytes;
  }
}

function sumFour<Activation, Form>(
  dy: usize,
  x: usize,
  stride: usize,
  columns: usize,
  vectors: i32,
  into: usize,
): void {
  const end = into + <usize>vectors * columnSumBytes;
  let x2 = x + (stride << 1);
  let dy2 = dy + (stride << 1);
  for (; into < end; into += columnSumBytes) {
    sumPairs<Activation, Form>(dy, dy2, x, x2, stride, columns, into);
    sumPairs<Activation, Form>(dy + 8, dy2 + 8, x + 8, x2 + 8, stride, columns + 16, into + 16);
    columns += columnBytes;
    x += 16;
    x2 += 16;
    dy += 16;
    dy2 += 16;
  }
}

// @ts-ignore: decorator
@inline
function sumPairs<Activation, Form>(
  dy: usize,
  dy2: usize,
  x: usize,
  x2: usize,
  stride: usize,
  column: usize,
  into: usize,
): void {
  const xa = centredAt(x, column);
  const xb = centredAt(x + stride, column);
  const xc = centredAt(x2, column);
  const xd = centredAt(x2 + stride, column);
  const a = behind<Activation, Form>(dy, x, column);
  const b = behind<Activation, Form>(dy + stride, x + stride, column);
  const c = behind<Activation, Form>(dy2, x2, column);
  const d = behind<Activation, Form>(dy2 + stride, x2 + stride, column);
  v128.store(into, f64x2.add(v128.load(into), sumOf4(a, b, c, d)));
  v128.store(into, f64x2.add(v128.load(into, 32), productsOf(a, xa, b, xb, c, xc, d, xd)), 32);
}

/** Two of x - mean in float64. */
// @ts-ignore: decorator
@inline
function centredAt(p: usize, column: usize): v128 {
  return f64x2.sub(pairAt(p), v128.load(column, 96));
}

/** dz of two values: dy behind the activation, by the same z as the forward pass. */
// @ts-ignore: decorator
@inline
function behind<Activation, Form>(dy: usize, x: usize, column: usize): v128 {
  const pair = pairAt(dy);
  if (!isRelu<Activation>()) return pair;
  const mean = isInteger<Form>() ? v128.load(column) : f64x2.splat(0);
  return passedPair(pair, affine<Form>(pairAt(x), mean, v128.load(column, 32), v128.load(column, 64)));
}

function sumOne<Activation, Form>(dy: usize, x: usize, columns: usize, vectors: i32, into: usize): void {
  const end = into + <usize>vectors * columnSumBytes;
  const all = firstLanes(4);
  for (; into < end; into += columnSumBytes) {
    addPair<Activation, Form>(dy, x, columns, into, all);
    addPair<Activation, Form>(dy + 8, x + 8, columns + 16, into + 16, all);
    columns += columnBytes;
    x += 16;
    dy += 16;
  }
}

/** A last row that is not whole. */
export function sumGradientsLeftOver<Activation, Form>(
  dy: usize,
  x: usize,
  values: i32,
  columns: usize,
  into: usize,
): void {
  sumOne<Activation, Form>(dy, x, columns, values >> 2, into);
  const rest = values & 3;
  if (!rest) return;
  const whole = <usize>(values >> 2);
  dy += whole << 4;
  x += whole << 4;
  columns += whole * columnBytes;
  into += whole * columnSumBytes;
  addPair<Activation, Form>(dy, x, columns, into, firstLanes(rest == 1 ? 2 : 4));
  addPair<Activation, Form>(dy + 8, x + 8, columns + 16, into + 16, firstLanes(rest == 3 ? 2 : 0));
}

// @ts-ignore: decorator
@inline
function addPair<Activation, Form>(dy: usize, x: usize, column: usize, into: usize, lanes: v128): void {
  const xa = v128.and(centredAt(x, column), lanes);
  const a = v128.and(behind<Activation, Form>(dy, x, column), lanes);
  v128.store(into, f64x2.add(v128.load(into), a));
  v128.store(into, f64x2.add(v128.load(into, 32), f64x2.mul(a, xa)), 32);
}
