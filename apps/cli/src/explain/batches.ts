/** A tensor to read: dense `(N, F)`, convolutional `(N, C, H, W)`. */
export type Kind = "dense" | "conv";

/** A channel of the batches: what its values are, and the rule by which those that are not listed are drawn. */
export interface Channel {
  readonly name: string;
  readonly unit: string;
  /** decimals that its values are written with */
  readonly decimals: number;
  /** values are drawn from low, low + step, ..., high, each as likely as the others */
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/**
 * Weather at noon: quantities of very different size and spread, which is what normalizing is about. Every value is a
 * multiple of 1/8, so that float32 holds it exactly and no rounding of the input disturbs a comparison.
 */
export const channels: readonly Channel[] = [
  { name: "temperature", unit: "degrees C", decimals: 1, low: 5, high: 25, step: 0.5 },
  { name: "pressure", unit: "hPa", decimals: 0, low: 996, high: 1028, step: 1 },
  { name: "cloud", unit: "fraction of the sky", decimals: 3, low: 0, high: 1, step: 0.125 },
];

/** The shape of a batch: examples (days), channels, and for convolutions a map of 2 x 2 places. */
export function shapeOf(kind: Kind, batch: number): readonly number[] {
  return kind === "dense" ? [batch, channels.length] : [batch, channels.length, 2, 2];
}

/** The mean of the values that a channel draws from. */
export function meanOf({ low, high }: Channel): number {
  return (low + high) / 2;
}

/** The variance of the values that a channel draws from: step^2 (n^2 - 1) / 12 for n equally likely ones. */
export function varianceOf({ low, high, step }: Channel): number {
  const n = (high - low) / step + 1;
  return (step ** 2 * (n ** 2 - 1)) / 12;
}

/**
 * The batches, one after the other, always the same: the listed examples first, then drawn ones.
 *
 * @param batch N, the examples of each
 * @param count how many batches
 * @returns values in row-major order, each batch of the shape of `shapeOf`
 */
export function drawBatches(kind: Kind, batch: number, count: number): Float32Array[] {
  const next = examples(kind);
  return Array.from({ length: count }, () => Float32Array.from(Array.from({ length: batch }, () => next()).flat()));
}

/** Chosen so that the standard deviations of the first batch come out even: whoever checks by hand meets 5, 10 and 0.375. */
const listed: Readonly<Record<Kind, readonly (readonly number[])[]>> = {
  dense: [
    [8, 1026, 0.75],
    [22, 1010, 0],
    [14, 1014, 1],
    [16, 998, 0.75],
  ],
  conv: [
    [6, 10, 10, 12, 1020, 1014, 1020, 1014, 0, 0, 0.25, 0.5],
    [16, 18, 18, 22, 1012, 1006, 1012, 1006, 0.5, 0.75, 1, 1],
  ],
};

function examples(kind: Kind): () => readonly number[] {
  const places = kind === "dense" ? 1 : 4;
  const random = generator();
  let k = 0;
  return () =>
    listed[kind][k++] ??
    channels.flatMap(({ low, high, step }) =>
      Array.from({ length: places }, () => low + step * Math.floor(random() * ((high - low) / step + 1))),
    );
}

/** Numbers from 0 to 1 by a linear congruential generator from a fixed seed: the same everywhere. */
function generator(): () => number {
  let state = 2015;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
