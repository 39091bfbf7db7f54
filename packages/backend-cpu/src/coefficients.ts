import type { Affine, Statistics } from "@batchnorm/core";
import type { Coefficients } from "./kernels/coefficients.js";
import type { CpuMoments } from "./moments.js";
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
  return coefficients(mean, meanLow, (c) => m2[c] / count, affine, eps, scratch);
}

/** The coefficients of a batch normalized by given statistics. */
export function fromStatistics(
  statistics: Statistics<CpuTensor>,
  affine: Affine<CpuTensor>,
  eps: number,
  scratch: Scratch,
): Coefficients {
  const mean = scratch.array();
  mean.set(statistics.mean.values);
  const variance = statistics.variance.values;
  return coefficients(mean, scratch.array().fill(0), (c) => variance[c], affine, eps, scratch);
}

function coefficients(
  mean: Float64Array,
  meanLow: Float64Array,
  varianceOf: (c: number) => number,
  affine: Affine<CpuTensor>,
  eps: number,
  scratch: Scratch,
): Coefficients {
  const gamma = affine.weight?.values;
  const beta = affine.bias?.values;
  const invStd = scratch.array();
  const scale = scratch.array();
  const shift = scratch.array();
  for (let c = 0; c < mean.length; c++) {
    const std = Math.sqrt(varianceOf(c) + eps);
    invStd[c] = 1 / std;
    scale[c] = (gamma?.[c] ?? 1) / std;
    shift[c] = (beta?.[c] ?? 0) - meanLow[c] * scale[c];
  }
  return { mean, meanLow, invStd, scale, shift };
}
