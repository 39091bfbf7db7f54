/**
 * What the kernels apply, by channel:
 *
 *     z = (x - mean) scale + shift
 *
 * with `scale = gamma / sqrt(variance + eps)` and `shift = beta - meanLow scale`, where the mean is known to
 * more than one float64 as `mean + meanLow`.
 */
export interface Coefficients {
  readonly mean: Float64Array;
  readonly meanLow: Float64Array;
  /** 1 / sqrt(variance + eps) */
  readonly invStd: Float64Array;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}
