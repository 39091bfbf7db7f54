import { type DType, type FloatArray, sizeOf, type View, valuesPerChannel } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import * as specification from "@batchnorm/core/specification";
import { Random } from "../random.js";
import { shapeOf } from "../shape.js";

/** Value number `i` of channel `c`, of `count`, in the order of memory. */
export type Fill = (random: Random, c: number, i: number, count: number) => number;

/** The values of a batch and of a gradient. */
export interface Batch {
  readonly view: View;
  readonly x: FloatArray;
  readonly dy: FloatArray;
}

/** Mean 0, deviation 1. The first value lies near the mean, so that it is a good shift. */
export const noise: Fill = (random, _, i) => (i === 0 ? 0.25 : random.normal());

/** Means and deviations of about 1. */
export const ordinary: Fill = (random, c, i, count) => c - 1 + noise(random, c, i, count);

/** A gradient whose sums do not cancel. */
export const gradient: Fill = (random) => 0.5 + random.normal();

/** Each way in which a backend may walk: long runs of a channel, channels side by side, short runs. */
export const views: readonly View[] = [
  { outer: 3, channels: 4, inner: 150 },
  { outer: 70, channels: 5, inner: 1 },
  { outer: 9, channels: 4, inner: 7 },
];

/** Values in the order of memory, in arrays of a type: so they are the same whatever type they are run in. */
export function filled(view: View, fill: Fill, random: Random, dtype: DType): FloatArray {
  const { channels, inner } = view;
  const values = floatArray(dtype, sizeOf(view));
  const count = valuesPerChannel(view);
  for (let at = 0; at < values.length; at++) {
    const o = Math.floor(at / (channels * inner));
    const c = Math.floor(at / inner) % channels;
    values[at] = fill(random, c, o * inner + (at % inner), count);
  }
  return values;
}

/** A batch of float32 values, or of those that only float64 holds. */
export function batchOf(
  view: View,
  fill: Fill,
  { seed, dy = gradient, values = "float32" }: { readonly seed: number; readonly dy?: Fill; readonly values?: DType },
): Batch {
  const random = new Random(seed);
  return { view, x: filled(view, fill, random, values), dy: filled(view, dy, random, values) };
}

/** A value for each channel. */
export function byChannel(channels: number, value: (c: number) => number): number[] {
  return Array.from({ length: channels }, (_, c) => value(c));
}

/** `3 x 4 x 150`: outer, channels, inner. */
export function sizes(view: View): string {
  return shapeOf(view).join(" x ");
}

/**
 * The eps with which a variance becomes a power of 4, so that what is divided by its root is exact in every type.
 *
 * @param view of a batch whose channels have the same variance
 */
export function squaringEps(view: View, x: ArrayLike<number>): number {
  const values = specification.gather(x, view, 0);
  const variance = specification.variance(values, specification.mean(values));
  return 4 ** Math.ceil(Math.log2(variance + 1) / 2) - variance;
}
