import { isRelu, passedBy } from "../activation";
import { Channel, channel } from "../job";
import { lower, storeFirst, upper } from "../vectors";
import { scaleGradientWide, trainingGradientWide } from "../wide/input-gradient";
import { affine, Centred, Direct, shiftOf } from "./normalize";

/**
 * Runs of `count` channels, one after the other: dx = scale dz + slope (x - mean) + offset, in float32. dx may be dy.
 *
 * Each run goes with another that lies `apart` bytes further.
 */
export function trainingGradientOfTwo<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  stride: usize,
  length: i32,
  first: i32,
  count: i32,
): void {
  for (let c = first; c < first + count; c++) {
    const coefficients = channel(c);
    if (coefficients.isWide) {
      trainingGradientWide<Activation>(dy, x, dx, length, coefficients);
      trainingGradientWide<Activation>(dy + stride, x + stride, dx + stride, length, coefficients);
    } else if (isRelu<Activation>() && coefficients.isFar) {
      trainingTwo<Activation, Centred>(dy, x, dx, stride, length, coefficients);
    } else {
      trainingTwo<Activation, Direct>(dy, x, dx, stride, length, coefficients);
    }
    dy += <usize>length << 2;
    x += <usize>length << 2;
    dx += <usize>length << 2;
  }
}

/** The same of single runs. */
export function trainingGradientOfOne<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  length: i32,
  first: i32,
  count: i32,
): void {
  for (let c = first; c < first + count; c++) {
    const coefficients = channel(c);
    if (coefficients.isWide) trainingGradientWide<Activation>(dy, x, dx, length, coefficients);
    else if (isRelu<Activation>() && coefficients.isFar)
      trainingOne<Activation, Centred>(dy, x, dx, length, coefficients);
    else trainingOne<Activation, Direct>(dy, x, dx, length, coefficients);
    dy += <usize>length << 2;
    x += <usize>length << 2;
    dx += <usize>length << 2;
  }
}

// @ts-ignore: decorator
@inline
function trainingTwo<Activation, Form>(
  dy: usize,
  x: usize,
  dx: usize,
  stride: usize,
  length: i32,
  coefficients: Channel,
): void {
  const mean32 = f32x4.splat(coefficients.mean32);
  const scale32 = f32x4.splat(coefficients.scale32);
  const slope = f32x4.splat(coefficients.slope32);
  const offset = f32x4.splat(coefficients.offset32);
  const mean = f64x2.splat(coefficients.mean);
  const scale = f64x2.splat(coefficients.scale);
  const shift = f64x2.splat(shiftOf<Form>(coefficients));
  const end = x + (<usize>(length >> 2) << 4);
  for (; x < end; x += 16, dy += 16, dx += 16) {
    const xa = v128.load(x);
    const xb = v128.load(x + stride);
    const dza = behind<Activation, Form>(v128.load(dy), xa, mean, scale, shift);
    const dzb = behind<Activation, Form>(v128.load(dy + stride), xb, mean, scale, shift);
    v128.store(dx, trained(dza, xa, mean32, scale32, slope, offset));
    v128.store(dx + stride, trained(dzb, xb, mean32, scale32, slope, offset));
  }
  const rest = length & 3;
  if (!rest) return;
  const xa = v128.load(x);
  const xb = v128.load(x + stride);
  const dza = behind<Activation, Form>(v128.load(dy), xa, mean, scale, shift);
  const dzb = behind<Activation, Form>(v128.load(dy + stride), xb, mean, scale, shift);
  storeFirst(dx, trained(dza, xa, mean32, scale32, slope, offset), rest);
  storeFirst(dx + stride, trained(dzb, xb, mean32, scale32, slope, offset), rest);
}

// @ts-ignore: decorator
@inline
function trainingOne<Activation, Form>(dy: usize, x: usize, dx: usize, length: i32, coefficients: Channel): void {
  const mean32 = f32x4.splat(coefficients.mean32);
  const scale32 = f32x4.splat(coefficients.scale32);
  const slope = f32x4.splat(coefficients.slope32);
  const offset = f32x4.splat(coefficients.offset32);
  const mean = f64x2.splat(coefficients.mean);
  const scale = f64x2.splat(coefficients.scale);
  const shift = f64x2.splat(shiftOf<Form>(coefficients));
  const blocksEnd = x + (<usize>(length >> 3) << 5);
  for (; x < blocksEnd; x += 32, dy += 32, dx += 32) {
    const xa = v128.load(x);
    const xb = v128.load(x, 16);
    const dza = behind<Activation, Form>(v128.load(dy), xa, mean, scale, shift);
    const dzb = behind<Activation, Form>(v128.load(dy, 16), xb, mean, scale, shift);
    v128.store(dx, trained(dza, xa, mean32, scale32, slope, offset));
    v128.store(dx, trained(dzb, xb, mean32, scale32, slope, offset), 16);
  }
  if (length & 4) {
    const xa = v128.load(x);
    const dza = behind<Activation, Form>(v128.load(dy), xa, mean, scale, shift);
    v128.store(dx, trained(dza, xa, mean32, scale32, slope, offset));
    x += 16;
    dy += 16;
    dx += 16;
  }
  const rest = length & 3;
  if (!rest) return;
  const xa = v128.load(x);
  const dza = behind<Activation, Form>(v128.load(dy), xa, mean, scale, shift);
  storeFirst(dx, trained(dza, xa, mean32, scale32, slope, offset), rest);
}

/** dz: dy behind the activation, by the same z in float64 as the forward pass. */
// @ts-ignore: decorator
@inline
export function behind<Activation, Form>(dy: v128, x: v128, mean: v128, scale: v128, shift: v128): v128 {
  if (!isRelu<Activation>()) return dy;
  return passedBy(dy, affine<Form>(lower(x), mean, scale, shift), affine<Form>(upper(x), mean, scale, shift));
}

// @ts-ignore: decorator
@inline
export function trained(dz: v128, x: v128, mean: v128, scale: v128, slope: v128, offset: v128): v128 {
  return f32x4.add(f32x4.mul(dz, scale), f32x4.add(f32x4.mul(f32x4.sub(x, mean), slope), offset));
}

/** The same where the statistics are constants: dx = scale dz, of single runs. */
export function scaleGradient<Activation>(dy: usize, x: usize, dx: usize, length: i32, first: i32, count: i32): void {
  for (let c = first; c < first + count; c++) {
    const coefficients = channel(c);
    if (coefficients.isWide) scaleGradientWide<Activation>(dy, x, dx, length, coefficients);
    else if (isRelu<Activation>() && coefficients.isFar) scaleRun<Activation, Centred>(dy, x, dx, length, coefficients);
    else scaleRun<Activation, Direct>(dy, x, dx, length, coefficients);
    dy += <usize>length << 2;
    x += <usize>length << 2;
    dx += <usize>length << 2;
  }
}

// @ts-ignore: decorator
@inline
function scaleRun<Activation, Form>(dy: usize, x: usize, dx: usize, length: i32, coefficients: Channel): void {
  const scale32 = f32x4.splat(coefficients.scale32);
  const mean = f64x2.splat(coefficients.mean);
  const scale = f64x2.splat(coefficients.scale);
  const shift = f64x2.splat(shiftOf<Form>(coefficients));
  const blocksEnd = dy + (<usize>(length >> 3) << 5);
  for (; dy < blocksEnd; x += 32, dy += 32, dx += 32) {
    const a = scaled<Activation, Form>(dy, x, scale32, mean, scale, shift);
    const b = scaled<Activation, Form>(dy + 16, x + 16, scale32, mean, scale, shift);
    v128.store(dx, a);
    v128.store(dx, b, 16);
  }
  if (length & 4) {
    v128.store(dx, scaled<Activation, Form>(dy, x, scale32, mean, scale, shift));
    x += 16;
    dy += 16;
    dx += 16;
  }
  const rest = length & 3;
  if (rest) storeFirst(dx, scaled<Activation, Form>(dy, x, scale32, mean, scale, shift), rest);
}

/** x is read only where there is an activation to go behind. */
// @ts-ignore: decorator
@inline
export function scaled<Activation, Form>(
  dy: usize,
  x: usize,
  scale32: v128,
  mean: v128,
  scale: v128,
  shift: v128,
): v128 {
  const gradient = v128.load(dy);
  return f32x4.mul(
    isRelu<Activation>() ? behind<Activation, Form>(gradient, v128.load(x), mean, scale, shift) : gradient,
    scale32,
  );
}
