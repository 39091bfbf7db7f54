import { isRelu, rectified } from "../activation";
import { Channel, channel } from "../job";

/**
 * Runs of `count` channels, one after the other: y = activation(z), in float64. Float32 is off by up to 2.2 ulp, whatever
 * is kept of the rounding of its coefficients, and no faster where memory is the limit.
 *
 * Each run goes with three others that lie `apart` bytes further each.
 */
export function normalizeFour<Activation>(
  x: usize,
  y: usize,
  stride: usize,
  length: i32,
  first: i32,
  count: i32,
): void {
  for (let c = first; c < first + count; c++) {
    const coefficients = channel(c);
    if (coefficients.isFar) runOfFour<Activation, Centred>(x, y, stride, length, coefficients);
    else runOfFour<Activation, Direct>(x, y, stride, length, coefficients);
    x += <usize>length << 2;
    y += <usize>length << 2;
  }
}

/** The same of single runs. */
export function normalizeOne<Activation>(x: usize, y: usize, length: i32, first: i32, count: i32): void {
  for (let c = first; c < first + count; c++) {
    const coefficients = channel(c);
    if (coefficients.isFar) runOfOne<Activation, Centred>(x, y, length, coefficients);
    else runOfOne<Activation, Direct>(x, y, length, coefficients);
    x += <usize>length << 2;
    y += <usize>length << 2;
  }
}

/**
 * How z is made: as x scale + shift, or, where the values lie so far from zero that this would lose digits, as
 * (x - mean) scale + shift.
 */
export type Direct = f32;
export type Centred = i32;

function runOfFour<Activation, Form>(x: usize, y: usize, stride: usize, length: i32, coefficients: Channel): void {
  const mean = f64x2.splat(coefficients.mean);
  const scale = f64x2.splat(coefficients.scale);
  const shift = f64x2.splat(shiftOf<Form>(coefficients));
  const end = x + (<usize>(length >> 2) << 4);
  let x2 = x + (stride << 1);
  let y2 = y + (stride << 1);
  for (; x < end; x += 16, y += 16, x2 += 16, y2 += 16) {
    normalizeVector<Activation, Form>(x, y, mean, scale, shift);
    normalizeVector<Activation, Form>(x + stride, y + stride, mean, scale, shift);
    normalizeVector<Activation, Form>(x2, y2, mean, scale, shift);
    normalizeVector<Activation, Form>(x2 + stride, y2 + stride, mean, scale, shift);
  }
  if (length & 2) {
    v128.store64_lane(y, normalized<Activation, Form>(v128.load64_zero(x), mean, scale, shift), 0);
    v128.store64_lane(y + stride, normalized<Activation, Form>(v128.load64_zero(x + stride), mean, scale, shift), 0);
    v128.store64_lane(y2, normalized<Activation, Form>(v128.load64_zero(x2), mean, scale, shift), 0);
    v128.store64_lane(y2 + stride, normalized<Activation, Form>(v128.load64_zero(x2 + stride), mean, scale, shift), 0);
    x += 8;
    x2 += 8;
    y += 8;
    y2 += 8;
  }
  if (!(length & 1)) return;
  v128.store32_lane(y, normalized<Activation, Form>(v128.load64_zero(x), mean, scale, shift), 0);
  v128.store32_lane(y + stride, normalized<Activation, Form>(v128.load64_zero(x + stride), mean, scale, shift), 0);
  v128.store32_lane(y2, normalized<Activation, Form>(v128.load64_zero(x2), mean, scale, shift), 0);
  v128.store32_lane(y2 + stride, normalized<Activation, Form>(v128.load64_zero(x2 + stride), mean, scale, shift), 0);
}

/** y of the four values at x. By pairs: it spares the shuffles, which are what the loop would wait for. */
// @ts-ignore: decorator
@inline
function normalizeVector<Activation, Form>(x: usize, y: usize, mean: v128, scale: v128, shift: v128): void {
  const a = normalized<Activation, Form>(v128.load64_zero(x), mean, scale, shift);
  const b = normalized<Activation, Form>(v128.load64_zero(x, 8), mean, scale, shift);
  v128.store64_lane(y, a, 0);
  v128.store64_lane(y, b, 0, 8);
}

function runOfOne<Activation, Form>(x: usize, y: usize, length: i32, coefficients: Channel): void {
  const mean = f64x2.splat(coefficients.mean);
  const scale = f64x2.splat(coefficients.scale);
  const shift = f64x2.splat(shiftOf<Form>(coefficients));
  const blocksEnd = x + (<usize>(length >> 3) << 5);
  for (; x < blocksEnd; x += 32, y += 32) {
    normalizeVector<Activation, Form>(x, y, mean, scale, shift);
    normalizeVector<Activation, Form>(x + 16, y + 16, mean, scale, shift);
  }
  const pairsEnd = x + (<usize>((length & 7) >> 1) << 3);
  for (; x < pairsEnd; x += 8, y += 8) {
    v128.store64_lane(y, normalized<Activation, Form>(v128.load64_zero(x), mean, scale, shift), 0);
  }
  if (length & 1) v128.store32_lane(y, normalized<Activation, Form>(v128.load64_zero(x), mean, scale, shift), 0);
}

// @ts-ignore: decorator
@inline
export function shiftOf<Form>(coefficients: Channel): f64 {
  return isInteger<Form>() ? coefficients.shift : coefficients.directShift;
}

/** y of the first two of four values. */
// @ts-ignore: decorator
@inline
export function normalized<Activation, Form>(x: v128, mean: v128, scale: v128, shift: v128): v128 {
  const z = affine<Form>(f64x2.promote_low_f32x4(x), mean, scale, shift);
  return f32x4.demote_f64x2_zero(isRelu<Activation>() ? rectified(z) : z);
}

/** z of two values in float64. */
// @ts-ignore: decorator
@inline
export function affine<Form>(x: v128, mean: v128, scale: v128, shift: v128): v128 {
  return f64x2.add(f64x2.mul(isInteger<Form>() ? f64x2.sub(x, mean) : x, scale), shift);
}
