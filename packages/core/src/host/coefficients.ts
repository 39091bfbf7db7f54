import { isMoments, type Pass } from "../backend.js";
import type { HostSource } from "./kernels.js";
import type { HostGradientSums } from "./per-channel.js";
import type { HostTensor } from "./tensor.js";

/**
 * What kernels apply, by channel, in rows of one float64 per channel:
 *
 *     z  = (x - mean) scale + shift
 *     dx = scale dz + slope (x - mean) + offset
 *
 * - mean: of moments the high part
 * - invStd: 1 / sqrt(variance + eps)
 * - scale: gamma invStd
 * - shift: beta - meanLow scale, where a mean is known to more than one float64 as `mean + meanLow`
 * - slope, offset: behind the gradient sums of a batch of `m` values, else 0:
 *   `-scale sum(dz (x - mean)) invStd^2 / m` and `-scale sum(dz) / m - meanLow slope`
 */
export const rows = { mean: 0, invStd: 1, scale: 2, shift: 3, meanLow: 4, slope: 5, offset: 6 } as const;

/** How many rows coefficients are. */
export const rowCount = 7;

/**
 * The coefficients of a pass, see `rows`.
 *
 * @param sums of the backward pass by moments; null: not needed
 * @param into 7 rows; a new array by default
 */
export function coefficientsOf(
  pass: Pass<HostTensor>,
  source: HostSource,
  sums: HostGradientSums | null = null,
  into: Float64Array = new Float64Array(rowCount * pass.view.channels),
): Float64Array {
  const { channels } = pass.view;
  if (isMoments(source)) {
    const { values } = source;
    const count = source.count || 1; // an empty batch deviates by nothing: its parameter gradients are zeros, not NaN
    for (let c = 0; c < channels; c++) {
      into[c] = values[c] as number;
      into[rows.meanLow * channels + c] = values[channels + c] as number;
      into[rows.invStd * channels + c] = (values[2 * channels + c] as number) / count;
    }
  } else {
    copy(source.mean, into, rows.mean * channels);
    copy(source.variance, into, rows.invStd * channels);
    into.fill(0, rows.meanLow * channels, (rows.meanLow + 1) * channels);
  }
  fillWith(pass.weight, 1, into, rows.scale * channels, channels);
  fillWith(pass.bias, 0, into, rows.shift * channels, channels);
  finish(into, channels, pass.eps);
  into.fill(0, rows.slope * channels, rowCount * channels);
  if (sums !== null && isMoments(source)) addTerms(into, channels, source.count, sums.values);
  return into;
}

/** 1 / sqrt(variance + eps) of one channel. */
export function invStd(source: HostSource, c: number, eps: number): number {
  const variance = isMoments(source)
    ? (source.values[2 * source.channels + c] as number) / (source.count || 1)
    : (source.variance.values[c] as number);
  return 1 / Math.sqrt(variance + eps);
}

/** From variance, gamma and beta to what is applied. One kind of array, and no call: closures took three times as long. */
function finish(into: Float64Array, channels: number, eps: number): void {
  for (let c = 0; c < channels; c++) {
    const std = Math.sqrt((into[channels + c] as number) + eps);
    const scale = (into[2 * channels + c] as number) / std;
    into[channels + c] = 1 / std;
    into[2 * channels + c] = scale;
    into[3 * channels + c] = (into[3 * channels + c] as number) - (into[4 * channels + c] as number) * scale;
  }
}

function addTerms(into: Float64Array, channels: number, count: number, sums: Float64Array): void {
  for (let c = 0; c < channels; c++) {
    const invStd = into[channels + c] as number;
    const scale = into[2 * channels + c] as number;
    const dgamma = (sums[channels + c] as number) * invStd;
    const slope = -(scale * dgamma * invStd) / count;
    into[5 * channels + c] = slope;
    into[6 * channels + c] = -(scale * (sums[c] as number)) / count - (into[4 * channels + c] as number) * slope;
  }
}

function copy(from: HostTensor, into: Float64Array, at: number): void {
  into.set(from.values, at);
}

/** A tensor's values, or what stands for them where there is none. */
function fillWith(
  tensor: HostTensor | null,
  otherwise: number,
  into: Float64Array,
  at: number,
  channels: number,
): void {
  if (tensor === null) into.fill(otherwise, at, at + channels);
  else into.set(tensor.values, at);
}
