import { isRelu, passed } from "../activation";
import { channel } from "../job";
import { runSumBytes } from "../plan";
import { firstLanes, lower, upper } from "../vectors";
import { affine } from "./normalize";

/**
 * Adds a row of runs, one of each of `count` channels, to their sums of dz and dz (x - mean32), in float64: in float32 the
 * roundings of equal terms add up, and these sums may cancel.
 */
export function sumGradients<Activation>(dy: usize, x: usize, length: i32, first: i32, count: i32, into: usize): void {
  for (let c = first; c < first + count; c++) {
    const by = channel(c);
    sumRun<Activation>(
      dy,
      x,
      length,
      f32x4.splat(by.mean32),
      f32x4.splat(by.scale32),
      f32x4.splat(by.scaleLow),
      f32x4.splat(by.shift32),
      into,
    );
    dy += <usize>length << 2;
    x += <usize>length << 2;
    into += runSumBytes;
  }
}

// @ts-ignore: decorator
@inline
function sumRun<Activation>(
  dy: usize,
  x: usize,
  length: i32,
  mean: v128,
  scale: v128,
  scaleLow: v128,
  shift: v128,
  into: usize,
): void {
  const wideMean = lower(mean);
  let sum0 = v128.load(into);
  let sum1 = f64x2.splat(0);
  let centred0 = v128.load(into, 16);
  let centred1 = f64x2.splat(0);
  const end = x + (<usize>(length >> 3) << 5);
  for (; x < end; x += 32, dy += 32) {
    const xa = v128.load(x);
    const xb = v128.load(x, 16);
    const a = gradientBehind<Activation>(v128.load(dy), xa, mean, scale, scaleLow, shift);
    const b = gradientBehind<Activation>(v128.load(dy, 16), xb, mean, scale, scaleLow, shift);
    const a0 = lower(a);
    const a1 = upper(a);
    const b0 = lower(b);
    const b1 = upper(b);
    sum0 = f64x2.add(sum0, f64x2.add(a0, a1));
    sum1 = f64x2.add(sum1, f64x2.add(b0, b1));
    centred0 = f64x2.add(centred0, centredPairs(a0, a1, xa, wideMean));
    centred1 = f64x2.add(centred1, centredPairs(b0, b1, xb, wideMean));
  }
  if (length & 4) {
    const xa = v128.load(x);
    const a = gradientBehind<Activation>(v128.load(dy), xa, mean, scale, scaleLow, shift);
    const a0 = lower(a);
    const a1 = upper(a);
    sum0 = f64x2.add(sum0, f64x2.add(a0, a1));
    centred0 = f64x2.add(centred0, centredPairs(a0, a1, xa, wideMean));
    x += 16;
    dy += 16;
  }
  const rest = length & 3;
  if (rest) {
    const lanes = firstLanes(rest);
    const xa = v128.and(v128.load(x), lanes);
    const a = gradientBehind<Activation>(v128.and(v128.load(dy), lanes), xa, mean, scale, scaleLow, shift);
    const a0 = lower(a);
    const a1 = upper(a);
    sum1 = f64x2.add(sum1, f64x2.add(a0, a1));
    centred1 = f64x2.add(centred1, centredPairs(a0, a1, xa, wideMean));
  }
  v128.store(into, f64x2.add(sum0, sum1));
  v128.store(into, f64x2.add(centred0, centred1), 16);
}

/** dz: dy behind the activation. */
// @ts-ignore: decorator
@inline
export function gradientBehind<Activation>(
  dy: v128,
  x: v128,
  mean: v128,
  scale: v128,
  scaleLow: v128,
  shift: v128,
): v128 {
  return isRelu<Activation>() ? passed(dy, affine(f32x4.sub(x, mean), scale, scaleLow, shift)) : dy;
}

/** dz (x - mean) of four values in float64, added up in pairs. */
// @ts-ignore: decorator
@inline
function centredPairs(dz0: v128, dz1: v128, x: v128, mean: v128): v128 {
  return f64x2.add(
    f64x2.mul(dz0, f64x2.sub(lower(x), mean)),
    f64x2.mul(dz1, f64x2.sub(upper(x), mean)),
  );
}
