import { isRelu, passed } from "../activation";
import { channel } from "../job";
import { storeFirst } from "../vectors";
import { normalizeWide } from "../wide/normalize";

/** A row of runs, one of each of `count` channels: y = activation((x - mean) scale + shift). */
export function normalizeRuns<Activation>(x: usize, y: usize, length: i32, first: i32, count: i32): void {
  for (let c = first; c < first + count; c++) {
    const by = channel(c);
    if (by.isWide) normalizeWide<Activation>(x, y, length, by);
    else {
      normalizeRun<Activation>(
        x,
        y,
        length,
        f32x4.splat(by.mean32),
        f32x4.splat(by.scale32),
        f32x4.splat(by.scaleLow),
        f32x4.splat(by.shift32),
      );
    }
    x += <usize>length << 2;
    y += <usize>length << 2;
  }
}

// @ts-ignore: decorator
@inline
function normalizeRun<Activation>(
  x: usize,
  y: usize,
  length: i32,
  mean: v128,
  scale: v128,
  scaleLow: v128,
  shift: v128,
): void {
  const blocksEnd = x + (<usize>(length >> 4) << 6);
  for (; x < blocksEnd; x += 64, y += 64) {
    const a = normalized<Activation>(v128.load(x), mean, scale, scaleLow, shift);
    const b = normalized<Activation>(v128.load(x, 16), mean, scale, scaleLow, shift);
    const c = normalized<Activation>(v128.load(x, 32), mean, scale, scaleLow, shift);
    const d = normalized<Activation>(v128.load(x, 48), mean, scale, scaleLow, shift);
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
  }
  const vectorsEnd = x + (<usize>((length & 15) >> 2) << 4);
  for (; x < vectorsEnd; x += 16, y += 16) {
    v128.store(y, normalized<Activation>(v128.load(x), mean, scale, scaleLow, shift));
  }
  const rest = length & 3;
  if (rest) storeFirst(y, normalized<Activation>(v128.load(x), mean, scale, scaleLow, shift), rest);
}

/**
 * Four values. `scaleLow` is what float32 has no room for in the scale: without it y is off by up to 2.2 ulp, with it by
 * less than 2.
 */
// @ts-ignore: decorator
@inline
export function normalized<Activation>(x: v128, mean: v128, scale: v128, scaleLow: v128, shift: v128): v128 {
  const z = affine(f32x4.sub(x, mean), scale, scaleLow, shift);
  return isRelu<Activation>() ? passed(z, z) : z;
}

/** z, from what lies between x and the mean. */
// @ts-ignore: decorator
@inline
export function affine(d: v128, scale: v128, scaleLow: v128, shift: v128): v128 {
  return f32x4.add(f32x4.mul(d, scale), f32x4.add(f32x4.mul(d, scaleLow), shift));
}
