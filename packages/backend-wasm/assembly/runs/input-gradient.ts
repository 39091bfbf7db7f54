import { isRelu, passed } from "../activation";
import { Channel, channel } from "../job";
import { storeFirst } from "../vectors";
import { scaleGradientWide, trainingGradientWide } from "../wide/input-gradient";
import { affine } from "./normalize";

/** A row of runs, one of each of `count` channels: dx = scale dz + slope (x - mean) + offset. dx may be dy. */
export function trainingGradient<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  length: i32,
  first: i32,
  count: i32,
): void {
  for (let c = first; c < first + count; c++) {
    const by = channel(c);
    if (by.isWide) trainingGradientWide<Activation>(dy, x, dx, length, by);
    else trainingRun<Activation>(dy, x, dx, length, by);
    dy += <usize>length << 2;
    x += <usize>length << 2;
    dx += <usize>length << 2;
  }
}

// @ts-ignore: decorator
@inline
function trainingRun<Activation>(dy: usize, x: usize, dx: usize, length: i32, by: Channel): void {
  const mean = f32x4.splat(by.mean32);
  const scale = f32x4.splat(by.scale32);
  const scaleLow = f32x4.splat(by.scaleLow);
  const shift = f32x4.splat(by.shift32);
  const slope = f32x4.splat(by.slope32);
  const offset = f32x4.splat(by.offset32);
  const blocksEnd = x + (<usize>(length >> 4) << 6);
  for (; x < blocksEnd; x += 64, dy += 64, dx += 64) {
    const a = trained<Activation>(v128.load(dy), v128.load(x), mean, scale, scaleLow, shift, slope, offset);
    const b = trained<Activation>(v128.load(dy, 16), v128.load(x, 16), mean, scale, scaleLow, shift, slope, offset);
    const c = trained<Activation>(v128.load(dy, 32), v128.load(x, 32), mean, scale, scaleLow, shift, slope, offset);
    const d = trained<Activation>(v128.load(dy, 48), v128.load(x, 48), mean, scale, scaleLow, shift, slope, offset);
    v128.store(dx, a);
    v128.store(dx, b, 16);
    v128.store(dx, c, 32);
    v128.store(dx, d, 48);
  }
  const vectorsEnd = x + (<usize>((length & 15) >> 2) << 4);
  for (; x < vectorsEnd; x += 16, dy += 16, dx += 16) {
    v128.store(dx, trained<Activation>(v128.load(dy), v128.load(x), mean, scale, scaleLow, shift, slope, offset));
  }
  const rest = length & 3;
  if (rest) {
    storeFirst(
      dx,
      trained<Activation>(v128.load(dy), v128.load(x), mean, scale, scaleLow, shift, slope, offset),
      rest,
    );
  }
}

// @ts-ignore: decorator
@inline
export function trained<Activation>(
  dy: v128,
  x: v128,
  mean: v128,
  scale: v128,
  scaleLow: v128,
  shift: v128,
  slope: v128,
  offset: v128,
): v128 {
  const d = f32x4.sub(x, mean);
  const dz = isRelu<Activation>() ? passed(dy, affine(d, scale, scaleLow, shift)) : dy;
  return f32x4.add(f32x4.mul(dz, scale), f32x4.add(f32x4.mul(d, slope), offset));
}

/** The same where the statistics are constants: dx = scale dz. */
export function scaleGradient<Activation>(dy: usize, x: usize, dx: usize, length: i32, first: i32, count: i32): void {
  for (let c = first; c < first + count; c++) {
    const by = channel(c);
    if (by.isWide) scaleGradientWide<Activation>(dy, x, dx, length, by);
    else scaleRun<Activation>(dy, x, dx, length, by);
    dy += <usize>length << 2;
    x += <usize>length << 2;
    dx += <usize>length << 2;
  }
}

// @ts-ignore: decorator
@inline
function scaleRun<Activation>(dy: usize, x: usize, dx: usize, length: i32, by: Channel): void {
  const mean = f32x4.splat(by.mean32);
  const scale = f32x4.splat(by.scale32);
  const scaleLow = f32x4.splat(by.scaleLow);
  const shift = f32x4.splat(by.shift32);
  const blocksEnd = x + (<usize>(length >> 4) << 6);
  for (; x < blocksEnd; x += 64, dy += 64, dx += 64) {
    const a = scaled<Activation>(dy, x, mean, scale, scaleLow, shift);
    const b = scaled<Activation>(dy + 16, x + 16, mean, scale, scaleLow, shift);
    const c = scaled<Activation>(dy + 32, x + 32, mean, scale, scaleLow, shift);
    const d = scaled<Activation>(dy + 48, x + 48, mean, scale, scaleLow, shift);
    v128.store(dx, a);
    v128.store(dx, b, 16);
    v128.store(dx, c, 32);
    v128.store(dx, d, 48);
  }
  const vectorsEnd = x + (<usize>((length & 15) >> 2) << 4);
  for (; x < vectorsEnd; x += 16, dy += 16, dx += 16) {
    v128.store(dx, scaled<Activation>(dy, x, mean, scale, scaleLow, shift));
  }
  const rest = length & 3;
  if (rest) storeFirst(dx, scaled<Activation>(dy, x, mean, scale, scaleLow, shift), rest);
}

/** x is read only where there is an activation to go behind. */
// @ts-ignore: decorator
@inline
export function scaled<Activation>(
  dy: usize,
  x: usize,
  mean: v128,
  scale: v128,
  scaleLow: v128,
  shift: v128,
): v128 {
  const gradient = v128.load(dy);
  const dz = isRelu<Activation>()
    ? passed(gradient, affine(f32x4.sub(v128.load(x), mean), scale, scaleLow, shift))
    : gradient;
  return f32x4.mul(dz, scale);
}
