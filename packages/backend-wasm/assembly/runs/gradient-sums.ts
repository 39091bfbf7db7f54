import { isRelu, passedPair } from "../activation";
import { Channel, channel } from "../job";
import { runSumBytes } from "../plan";
import { firstLanes } from "../vectors";
import { pairAt, sumOf4 } from "./moments";
import { affine, Centred, Direct, shiftOf } from "./normalize";

/**
 * Adds runs of `count` channels, one after the other, to their sums of dz and dz (x - mean), in float64: these sums
 * may cancel, and in float32 the roundings of equal terms add up.
 *
 * Each run goes with three others that lie `apart` bytes further each.
 */
export function sumGradientsOfFour<Activation>(
  dy: usize,
  x: usize,
  stride: usize,
  length: i32,
  first: i32,
  count: i32,
  into: usize,
): void {
  for (let c = first; c < first + count; c++) {
    const coefficients = channel(c);
    if (coefficients.isFar) sumFour<Activation, Centred>(dy, x, stride, length, coefficients, into);
    else sumFour<Activation, Direct>(dy, x, stride, length, coefficients, into);
    dy += <usize>length << 2;
    x += <usize>length << 2;
    into += runSumBytes;
  }
}

/** The same of single runs. */
export function sumGradientsOfOne<Activation>(
  dy: usize,
  x: usize,
  length: i32,
  first: i32,
  count: i32,
  into: usize,
): void {
  for (let c = first; c < first + count; c++) {
    const coefficients = channel(c);
    if (coefficients.isFar) sumOne<Activation, Centred>(dy, x, length, coefficients, into);
    else sumOne<Activation, Direct>(dy, x, length, coefficients, into);
    dy += <usize>length << 2;
    x += <usize>length << 2;
    into += runSumBytes;
  }
}

// @ts-ignore: decorator
@inline
function sumFour<Activation, Form>(
  dy: usize,
  x: usize,
  stride: usize,
  length: i32,
  coefficients: Channel,
  into: usize,
): void {
  const mean = f64x2.splat(coefficients.mean);
  const scale = f64x2.splat(coefficients.scale);
  const shift = f64x2.splat(shiftOf<Form>(coefficients));
  let sum = v128.load(into);
  let centred = v128.load(into, 16);
  let x2 = x + (stride << 1);
  let dy2 = dy + (stride << 1);
  const end = x + (<usize>(length >> 1) << 3);
  for (; x < end; x += 8, x2 += 8, dy += 8, dy2 += 8) {
    const xa = centredAt(x, mean);
    const xb = centredAt(x + stride, mean);
    const xc = centredAt(x2, mean);
    const xd = centredAt(x2 + stride, mean);
    const a = behind<Activation, Form>(dy, x, mean, scale, shift);
    const b = behind<Activation, Form>(dy + stride, x + stride, mean, scale, shift);
    const c = behind<Activation, Form>(dy2, x2, mean, scale, shift);
    const d = behind<Activation, Form>(dy2 + stride, x2 + stride, mean, scale, shift);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    centred = f64x2.add(centred, productsOf(a, xa, b, xb, c, xc, d, xd));
  }
  if (length & 1) {
    const lanes = firstLanes(2);
    const xa = v128.and(centredAt(x, mean), lanes);
    const xb = v128.and(centredAt(x + stride, mean), lanes);
    const xc = v128.and(centredAt(x2, mean), lanes);
    const xd = v128.and(centredAt(x2 + stride, mean), lanes);
    const a = v128.and(behind<Activation, Form>(dy, x, mean, scale, shift), lanes);
    const b = v128.and(behind<Activation, Form>(dy + stride, x + stride, mean, scale, shift), lanes);
    const c = v128.and(behind<Activation, Form>(dy2, x2, mean, scale, shift), lanes);
    const d = v128.and(behind<Activation, Form>(dy2 + stride, x2 + stride, mean, scale, shift), lanes);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    centred = f64x2.add(centred, productsOf(a, xa, b, xb, c, xc, d, xd));
  }
  v128.store(into, sum);
  v128.store(into, centred, 16);
}

// @ts-ignore: decorator
@inline
function sumOne<Activation, Form>(dy: usize, x: usize, length: i32, coefficients: Channel, into: usize): void {
  const mean = f64x2.splat(coefficients.mean);
  const scale = f64x2.splat(coefficients.scale);
  const shift = f64x2.splat(shiftOf<Form>(coefficients));
  let sum = v128.load(into);
  let centred = v128.load(into, 16);
  const blocksEnd = x + (<usize>(length >> 3) << 5);
  for (; x < blocksEnd; x += 32, dy += 32) {
    const xa = centredAt(x, mean);
    const xb = centredAt(x + 8, mean);
    const xc = centredAt(x + 16, mean);
    const xd = centredAt(x + 24, mean);
    const a = behind<Activation, Form>(dy, x, mean, scale, shift);
    const b = behind<Activation, Form>(dy + 8, x + 8, mean, scale, shift);
    const c = behind<Activation, Form>(dy + 16, x + 16, mean, scale, shift);
    const d = behind<Activation, Form>(dy + 24, x + 24, mean, scale, shift);
    sum = f64x2.add(sum, sumOf4(a, b, c, d));
    centred = f64x2.add(centred, productsOf(a, xa, b, xb, c, xc, d, xd));
  }
  const pairsEnd = x + (<usize>((length & 7) >> 1) << 3);
  for (; x < pairsEnd; x += 8, dy += 8) {
    const xa = centredAt(x, mean);
    const a = behind<Activation, Form>(dy, x, mean, scale, shift);
    sum = f64x2.add(sum, a);
    centred = f64x2.add(centred, f64x2.mul(a, xa));
  }
  if (length & 1) {
    const lanes = firstLanes(2);
    const xa = v128.and(centredAt(x, mean), lanes);
    const a = v128.and(behind<Activation, Form>(dy, x, mean, scale, shift), lanes);
    sum = f64x2.add(sum, a);
    centred = f64x2.add(centred, f64x2.mul(a, xa));
  }
  v128.store(into, sum);
  v128.store(into, centred, 16);
}

/** Two of x - mean in float64. */
// @ts-ignore: decorator
@inline
function centredAt(p: usize, mean: v128): v128 {
  return f64x2.sub(pairAt(p), mean);
}

/** dz of two values: dy behind the activation, by the same z as the forward pass. */
// @ts-ignore: decorator
@inline
function behind<Activation, Form>(dy: usize, x: usize, mean: v128, scale: v128, shift: v128): v128 {
  const pair = pairAt(dy);
  return isRelu<Activation>() ? passedPair(pair, affine<Form>(pairAt(x), mean, scale, shift)) : pair;
}

// @ts-ignore: decorator
@inline
export function productsOf(
  a: v128,
  xa: v128,
  b: v128,
  xb: v128,
  c: v128,
  xc: v128,
  d: v128,
  xd: v128,
): v128 {
  return sumOf4(f64x2.mul(a, xa), f64x2.mul(b, xb), f64x2.mul(c, xc), f64x2.mul(d, xd));
}
