/**
 * One channel of batch normalization in double-double arithmetic: what float64 results are held against, since the
 * specification is float64 itself and rounds as often as they do.
 */

import { put, type WideArray, wideArray } from "../exact.js";
import { add, divide, multiply, root, subtract, type Wide, wide } from "./double-double.js";

export interface ExtendedMoments {
  readonly mean: Wide;
  /** biased */
  readonly variance: Wide;
}

export interface ChannelParameters {
  readonly gamma: number;
  readonly beta: number;
  readonly eps: number;
}

/** mean = sum x / m, variance = sum (x - mean)^2 / m */
export function extendedMoments(x: ArrayLike<number>): ExtendedMoments {
  const m = wide(x.length);
  let total = wide(0);
  for (let i = 0; i < x.length; i++) total = add(total, wide(x[i] as number));
  const mean = divide(total, m);
  let squares = wide(0);
  for (let i = 0; i < x.length; i++) {
    const d = subtract(wide(x[i] as number), mean);
    squares = add(squares, multiply(d, d));
  }
  return { mean, variance: divide(squares, m) };
}

/** z = gamma (x - mean) / sqrt(variance + eps) + beta */
export function extendedNormalize(
  x: ArrayLike<number>,
  { mean, variance }: ExtendedMoments,
  { gamma, beta, eps }: ChannelParameters,
): WideArray {
  const scale = divide(wide(gamma), root(add(variance, wide(eps))));
  const shift = wide(beta);
  const z = wideArray(x.length);
  for (let i = 0; i < x.length; i++) {
    put(z, i, add(multiply(subtract(wide(x[i] as number), mean), scale), shift));
  }
  return z;
}

/** dbeta = sum dz, dgamma = sum dz (x - mean) / sqrt(variance + eps) */
export function extendedSums(
  dz: ArrayLike<number>,
  x: ArrayLike<number>,
  { mean, variance }: ExtendedMoments,
  eps: number,
): { dBeta: Wide; dGamma: Wide } {
  let dBeta = wide(0);
  let centred = wide(0);
  for (let i = 0; i < x.length; i++) {
    const g = wide(dz[i] as number);
    dBeta = add(dBeta, g);
    centred = add(centred, multiply(g, subtract(wide(x[i] as number), mean)));
  }
  return { dBeta, dGamma: divide(centred, root(add(variance, wide(eps)))) };
}

/** dx = gamma / sqrt(variance + eps) (dz - dbeta / m - x-hat dgamma / m); in inference the first term alone */
export function extendedInputGradient(
  mode: "training" | "inference",
  dz: ArrayLike<number>,
  x: ArrayLike<number>,
  { mean, variance }: ExtendedMoments,
  { gamma, eps }: ChannelParameters,
  sums: { dBeta: Wide; dGamma: Wide },
): WideArray {
  const m = wide(x.length);
  const std = root(add(variance, wide(eps)));
  const scale = divide(wide(gamma), std);
  const level = divide(sums.dBeta, m);
  const slope = divide(divide(sums.dGamma, std), m);
  const dx = wideArray(x.length);
  for (let i = 0; i < x.length; i++) {
    const g = wide(dz[i] as number);
    if (mode === "inference") {
      put(dx, i, multiply(scale, g));
    } else {
      const d = subtract(wide(x[i] as number), mean);
      put(dx, i, multiply(scale, subtract(subtract(g, level), multiply(d, slope))));
    }
  }
  return dx;
}
