import type { View } from "@batchnorm/core";

/** A shape of four dimensions, one of which is the channels. */
export interface FourDimensions {
  readonly shape: readonly [number, number, number, number];
  /** of the channels */
  readonly axis: number;
}

/**
 * Another shape for x, of the same order in memory: four dimensions, the most that webgl's kernels take. Its last two are
 * those of x wherever x has four or fewer, since webgl, which packs 2 x 2 of their values into a texel, moves the whole
 * tensor when they change. x is not empty.
 */
export function fourDimensions(of: readonly number[], { outer, channels, inner }: View): FourDimensions {
  const [width = 1, last = 1] = of.slice(-2);
  if (inner === 1 && last === channels) return { shape: [1, outer / width, width, channels], axis: 3 };
  if (of.length > 3 && inner % last === 0) return { shape: [outer, channels, inner / last, last], axis: 1 };
  return { shape: [1, outer, channels, inner], axis: 2 };
}

/** The shape of a tensor that has `channels` values, to be broadcast with one in four dimensions. */
export function perChannelShape({ shape, axis }: FourDimensions): number[] {
  return shape.map((length, i) => (i === axis ? length : 1));
}
