import type { Affine, Statistics } from "@batchnorm/core";
import type { Coefficients } from "./kernels/coefficients.js";
import type { CpuMoments } from "./per-channel.js";
import type { Scratch } from "./scratch.js";
import type { CpuTensor } from "./tensor.js";

/** The coefficients of a batch normalized by its own or merged moments. */
export function fromMoments(
  moments: CpuMoments,
  affine: Affine<CpuTensor>,
  eps: number,
  scratch: Scratch,
): Coefficients {
  const { mean, meanLow, m2 } = moments.arrays;
  const count = moments.count || 1; // an empty batch deviates by nothing: its parameter gradients are zeros, not NaN
  const variance = scratch.array();
  for (let c = 0; c < m2.length; c++) variance[c] = m2[c] / count;
  return coefficients(mean, meanLow, variance, affine, eps, scratch);
}

/** The coefficients of a batch normalized by given statistics. */
export function fromStatistics(
  statistics: Statistics<CpuTensor>,
  affine: Affine<CpuTensor>,
  eps: number,
  scratch: Scratch,
): Coefficients {
  const mean = inFloat64(statistics.mean, 0, scratch);
  const variance = inFloat64(statistics.variance, 1, scratch);
  return coefficients(mean, scratch.array().fill(0), variance, affine, eps, scratch);
}

/** The loop has one kind of array and no call in it: with closures for either kind of variance it took three times as long. */
function coefficients(
  mean: Float64Array,
  meanLow: Float64Array,
  variance: Float64Array,
  affine: Affine<CpuTensor>,
  eps: number,
  scratch: Scratch,
): Coefficients {
  const gamma = inFloat64(affine.weight, 1, scratch);
  const beta = inFloat64(affine.bias, 0, scratch);
  const invStd = scratch.array();
  const scale = scratch.array();
  const shift = scratch.array();
  for (let c = 0; c < mean.length; c++) {
    const std = Math.sqrt(variance[c] + eps);
    invStd[c] = 1 / std;
    scale[c] = gamma[c] / std;
    shift[c] = beta[c] - meanLow[c] * scale[c];
  }
  return { mean, meanLow, invStd, scale, shift };
}

/** A tensor's values, or what stands for them where there is none. */
function inFloat64(tensor: CpuTensor | null, otherwise: number, scratch: Scratch): Float64Array {
  const values = scratch.array();
  if (tensor === null) return values.fill(otherwise);
  values.set(tensor.values);
  return values;
}
