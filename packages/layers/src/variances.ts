import { type Backend, type DType, type FloatArray, OptionError, type Tensor } from "@batchnorm/core";

/**
 * Whether variance + eps has a root to divide by, as far as the sign of the variance decides: models trained by Caffe
 * have running variances slightly below 0. NaN has, and so has 0 with eps 0: what comes of them stays in their channel.
 */
function hasRoot(variance: number, eps: number): boolean {
  return !(variance < 0 && variance + eps <= 0);
}

/** The same as a layer of a type holds the variance; engines that add in float32 round eps as well. */
export function hasRootIn(dtype: DType, variance: number, eps: number): boolean {
  if (dtype === "float64") return hasRoot(variance, eps);
  return hasRoot(Math.fround(variance), Math.min(eps, Math.fround(eps)));
}

/** What is wrong with a variance that has none, and what to do. */
export function rootless(variance: number, channel: number, eps: number): string {
  return `expected variances above -eps, got ${variance} in channel ${channel} with eps ${eps}; use the eps that the model was trained with, or set variances that rounding made negative to 0`;
}

/**
 * Where the numbers can be seen: other engines would have to wait for them.
 *
 * @param variance a tensor of the backend
 * @throws OptionError for a variance whose sum with eps has no root
 */
export function checkVariances<T extends Tensor>(backend: Backend<T>, variance: T, eps: number): void {
  if (!backend.capabilities.hostVisible) return;
  const { values } = variance as T & { readonly values: FloatArray };
  for (let c = 0; c < values.length; c++) {
    if (!hasRoot(values[c] as number, eps))
      throw new OptionError(`runningVar: ${rootless(values[c] as number, c, eps)}`);
  }
}
