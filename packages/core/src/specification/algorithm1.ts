/**
 * Algorithm 1 of the paper: the batch normalizing transform, applied to an activation x over a mini-batch.
 *
 * Source: Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
 * Covariate Shift", ICML 2015. Formulas and letters are the paper's: `mu` is its mu_B, `sigma2` its
 * sigma_B^2, `xHat` its x-hat. `x` holds the m values x_1..m of one activation over the batch B.
 */
import { sum } from "./sum.js";

/** mu_B = 1/m sum x_i */
export function mean(x: Float64Array): number {
  const m = x.length;
  return sum(m, (i) => x[i] as number) / m;
}

/** sigma_B^2 = 1/m sum (x_i - mu_B)^2, the biased variance */
export function variance(x: Float64Array, mu: number): number {
  const m = x.length;
  return sum(m, (i) => ((x[i] as number) - mu) ** 2) / m;
}

/** x-hat_i = (x_i - mu_B) / sqrt(sigma_B^2 + epsilon) */
export function normalize(x: Float64Array, mu: number, sigma2: number, epsilon: number): Float64Array {
  return x.map((xi) => (xi - mu) / Math.sqrt(sigma2 + epsilon));
}

/** y_i = gamma x-hat_i + beta */
export function scaleAndShift(xHat: Float64Array, gamma: number, beta: number): Float64Array {
  return xHat.map((xHatI) => gamma * xHatI + beta);
}

/** What Algorithm 1 computes on its way to y. */
export interface Transformed {
  readonly mu: number;
  readonly sigma2: number;
  readonly xHat: Float64Array;
  readonly y: Float64Array;
}

/** y_i = BN_gamma,beta(x_i): the four lines of Algorithm 1, in order. */
export function batchNormalizingTransform(x: Float64Array, gamma: number, beta: number, epsilon: number): Transformed {
  const mu = mean(x);
  const sigma2 = variance(x, mu);
  const xHat = normalize(x, mu, sigma2, epsilon);
  const y = scaleAndShift(xHat, gamma, beta);
  return { mu, sigma2, xHat, y };
}
