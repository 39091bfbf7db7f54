import type { View } from "@batchnorm/core";
import * as specification from "@batchnorm/core/specification";
import { at, mend, put, type Running, type WideArray, wideArray } from "../exact.js";
import {
  type ChannelParameters,
  type ExtendedMoments,
  extendedInputGradient,
  extendedMoments,
  extendedNormalize,
  extendedSums,
} from "./channel.js";
import { add, divide, multiply, subtract, wide } from "./double-double.js";

/** A forward pass in double-double arithmetic: y in the order of x, statistics by channel. */
export interface ExtendedForward {
  /** after the activation */
  readonly y: WideArray;
  readonly mean: WideArray;
  readonly variance: WideArray;
}

/** A backward pass: dx in the order of x, the rest by channel. */
export interface ExtendedBackward {
  readonly dx: WideArray;
  readonly dGamma: WideArray;
  readonly dBeta: WideArray;
}

/** The forward pass that the specification ran. */
export function extendedForward(
  x: ArrayLike<number>,
  view: View,
  p: specification.Parameters,
  ran: specification.Forward,
): ExtendedForward {
  const result = {
    y: wideArray(ran.y.length),
    mean: wideArray(view.channels),
    variance: wideArray(view.channels),
  };
  for (let c = 0; c < view.channels; c++) {
    const values = specification.gather(x, view, c);
    const moments = ran.mode === "training" ? extendedMoments(values) : fixedMoments(ran, c);
    put(result.mean, c, moments.mean);
    put(result.variance, c, moments.variance);
    const z = extendedNormalize(values, moments, channelOf(p, c));
    if (p.activation === "relu") cut(z);
    scatterWide(z, result.y, view, c);
  }
  mend(result.mean, ran.mean);
  mend(result.variance, ran.variance);
  mend(result.y, ran.y);
  return result;
}

/**
 * The backward pass that the specification ran, behind the same mask.
 *
 * @param ran `z` decides where ReLU lets the gradient through
 */
export function extendedBackward(
  dy: ArrayLike<number>,
  x: ArrayLike<number>,
  view: View,
  p: specification.Parameters,
  ran: specification.Forward,
  { mean, variance }: ExtendedForward,
  gradients: specification.Backward,
): ExtendedBackward {
  const result = {
    dx: wideArray(gradients.dx.length),
    dGamma: wideArray(view.channels),
    dBeta: wideArray(view.channels),
  };
  for (let c = 0; c < view.channels; c++) {
    const values = specification.gather(x, view, c);
    const z = specification.gather(ran.z, view, c);
    const stops = (i: number) => p.activation === "relu" && (z[i] as number) <= 0;
    const dz = specification.gather(dy, view, c).map((g, i) => (stops(i) ? 0 : g));
    const moments = { mean: at(mean, c), variance: at(variance, c) };
    const sums = extendedSums(dz, values, moments, p.eps);
    put(result.dBeta, c, sums.dBeta);
    put(result.dGamma, c, sums.dGamma);
    scatterWide(extendedInputGradient(ran.mode, dz, values, moments, channelOf(p, c), sums), result.dx, view, c);
  }
  mend(result.dx, gradients.dx);
  mend(result.dGamma, gradients.dGamma);
  mend(result.dBeta, gradients.dBeta);
  return result;
}

/**
 * The running statistics after a batch, (1 - momentum) running + momentum batch, the variance unbiased.
 *
 * @param after the same by the specification
 */
export function extendedRunning(
  before: Running<Float64Array>,
  batch: ExtendedForward,
  after: Running<Float64Array>,
  m: number,
  momentum: number,
): Running<WideArray> {
  const result = { mean: wideArray(after.mean.length), variance: wideArray(after.mean.length) };
  const weight = wide(momentum);
  const rest = subtract(wide(1), weight);
  const unbiased = divide(wide(m), wide(m - 1));
  for (let c = 0; c < after.mean.length; c++) {
    const mean = multiply(weight, at(batch.mean, c));
    const variance = multiply(weight, multiply(unbiased, at(batch.variance, c)));
    put(result.mean, c, add(multiply(rest, wide(before.mean[c] as number)), mean));
    put(result.variance, c, add(multiply(rest, wide(before.variance[c] as number)), variance));
  }
  mend(result.mean, after.mean);
  mend(result.variance, after.variance);
  return result;
}

function fixedMoments({ mean, variance }: specification.Forward, c: number): ExtendedMoments {
  return { mean: wide(mean[c] as number), variance: wide(variance[c] as number) };
}

function channelOf({ gamma, beta, eps }: specification.Parameters, c: number): ChannelParameters {
  return { gamma: gamma?.[c] ?? 1, beta: beta?.[c] ?? 0, eps };
}

/** max(z, 0) */
function cut({ high, low }: WideArray): void {
  for (let i = 0; i < high.length; i++) {
    if (!((high[i] as number) <= 0)) continue;
    high[i] = 0;
    low[i] = 0;
  }
}

function scatterWide(from: WideArray, to: WideArray, view: View, c: number): void {
  specification.scatter(from.high, to.high, view, c);
  specification.scatter(from.low, to.low, view, c);
}
