import { isRelu, passed } from "../activation";
import { Channel, channel } from "../job";
import { inFloat32, lower, storeFirst, upper } from "../vectors";

/**
 * Runs of `count` channels, one after the other: y = activation(z), in float64. Float32 is off by up to 2.2 ulp, whatever
 * is kept of the rounding of its coefficients, and no faster where memory is the limit.
 *
 * Each run goes with three others that lie `apart` bytes further each.
 */
export function normalizeFour<Activation>(
  x: usize,
  y: usize,
  apart: usize,
  length: i32,
  first: i32,
  count: i32,
): void {
  for (let c = first; c < first + count; c++) {
    const by = channel(c);
    if (by.isFar) runOfFour<Activation, Centred>(x, y, apart, length, by);
    else runOfFour<Activation, Direct>(x, y, apart, length, by);
    x += <usize>length << 2;
    y += <usize>length << 2;
  }
}

/** The same of single runs. */
export function normalizeOne<Activation>(x: usize, y: usize, length: i32, first: i32, count: i32): void {
  for (let c = first; c < first + count; c++) {
    const by = channel(c);
    if (by.isFar) runOfOne<Activation, Centred>(x, y, length, by);
    else runOfOne<Activation, Direct>(x, y, length, by);
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

// @ts-ignore: decorator
@inline
function runOfFour<Activation, Form>(x: usize, y: usize, apart: usize, length: i32, by: Channel): void {
  const mean = f64x2.splat(by.mean);
  const scale = f64x2.splat(by.scale);
  const shift = f64x2.splat(shiftOf<Form>(by));
  const end = x + (<usize>(length >> 2) << 4);
  let x2 = x + (apart << 1);
  let y2 = y + (apart << 1);
  for (; x < end; x += 16, y += 16, x2 += 16, y2 += 16) {
    const a = normalized<Activation, Form>(v128.load(x), mean, scale, shift);
    const b = normalized<Activation, Form>(v128.load(x + apart), mean, scale, shift);
    const c = normalized<Activation, Form>(v128.load(x2), mean, scale, shift);
    const d = normalized<Activation, Form>(v128.load(x2 + apart), mean, scale, shift);
    v128.store(y, a);
    v128.store(y + apart, b);
    v128.store(y2, c);
    v128.store(y2 + apart, d);
  }
  const rest = length & 3;
  if (!rest) return;
  storeFirst(y, normalized<Activation, Form>(v128.load(x), mean, scale, shift), rest);
  storeFirst(y + apart, normalized<Activation, Form>(v128.load(x + apart), mean, scale, shift), rest);
  storeFirst(y2, normalized<Activation, Form>(v128.load(x2), mean, scale, shift), rest);
  storeFirst(y2 + apart, normalized<Activation, Form>(v128.load(x2 + apart), mean, scale, shift), rest);
}

// @ts-ignore: decorator
@inline
function runOfOne<Activation, Form>(x: usize, y: usize, length: i32, by: Channel): void {
  const mean = f64x2.splat(by.mean);
  const scale = f64x2.splat(by.scale);
  const shift = f64x2.splat(shiftOf<Form>(by));
  const blocksEnd = x + (<usize>(length >> 3) << 5);
  for (; x < blocksEnd; x += 32, y += 32) {
    const a = normalized<Activation, Form>(v128.load(x), mean, scale, shift);
    const b = normalized<Activation, Form>(v128.load(x, 16), mean, scale, shift);
    v128.store(y, a);
    v128.store(y, b, 16);
  }
  if (length & 4) {
    v128.store(y, normalized<Activation, Form>(v128.load(x), mean, scale, shift));
    x += 16;
    y += 16;
  }
  const rest = length & 3;
  if (rest) storeFirst(y, normalized<Activation, Form>(v128.load(x), mean, scale, shift), rest);
}

// @ts-ignore: decorator
@inline
export function shiftOf<Form>(by: Channel): f64 {
  return isInteger<Form>() ? by.shift : by.directShift;
}

/** Four values. */
// @ts-ignore: decorator
@inline
export function normalized<Activation, Form>(x: v128, mean: v128, scale: v128, shift: v128): v128 {
  const y = inFloat32(affine<Form>(lower(x), mean, scale, shift), affine<Form>(upper(x), mean, scale, shift));
  return isRelu<Activation>() ? passed(y, y) : y;
}

/** z of two values in float64. */
// @ts-ignore: decorator
@inline
export function affine<Form>(x: v128, mean: v128, scale: v128, shift: v128): v128 {
  return f64x2.add(f64x2.mul(isInteger<Form>() ? f64x2.sub(x, mean) : x, scale), shift);
}
