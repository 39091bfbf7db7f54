/**
 * Section 3 of the paper: how the gradient of the loss l passes back through the transform, by the chain
 * rule, in the paper's order. A name such as `dXHat` is the paper's partial derivative of l by x-hat.
 *
 * Source: Ioffe and Szegedy 2015, section 3, the six formulas after Algorithm 1.
 */
import { sum } from "./sum.js";

/** The gradients of one activation. */
export interface Gradients {
  readonly dx: Float64Array;
  readonly dGamma: number;
  readonly dBeta: number;
}

/** In training, with the gradients that the chain rule passes through on its way to dx. */
export interface TrainingGradients extends Gradients {
  readonly dXHat: Float64Array;
  readonly dSigma2: number;
  readonly dMu: number;
}

/** The gradients of BN_gamma,beta in training, where mu_B and sigma_B^2 themselves depend on every x_i. */
export function trainingGradients(
  dy: Float64Array,
  x: Float64Array,
  { mu, sigma2, xHat }: { mu: number; sigma2: number; xHat: Float64Array },
  gamma: number,
  epsilon: number,
): TrainingGradients {
  const m = x.length;

  // dl/dx-hat_i = dl/dy_i gamma
  const dXHat = dy.map((dyI) => dyI * gamma);

  // dl/dsigma_B^2 = sum dl/dx-hat_i (x_i - mu_B) (-1/2) (sigma_B^2 + epsilon)^(-3/2)
  const dSigma2 =
    sum(m, (i) => (dXHat[i] as number) * ((x[i] as number) - mu)) * (-1 / 2) * (sigma2 + epsilon) ** (-3 / 2);

  // dl/dmu_B = sum dl/dx-hat_i (-1 / sqrt(sigma_B^2 + epsilon)) + dl/dsigma_B^2 (sum -2 (x_i - mu_B)) / m
  const dMu =
    sum(m, (i) => dXHat[i] as number) * (-1 / Math.sqrt(sigma2 + epsilon)) +
    (dSigma2 * sum(m, (i) => -2 * ((x[i] as number) - mu))) / m;

  // dl/dx_i = dl/dx-hat_i / sqrt(sigma_B^2 + epsilon) + dl/dsigma_B^2 2 (x_i - mu_B) / m + dl/dmu_B / m
  const dx = dXHat.map(
    (dXHatI, i) => dXHatI / Math.sqrt(sigma2 + epsilon) + (dSigma2 * 2 * ((x[i] as number) - mu)) / m + dMu / m,
  );

  return { dXHat, dSigma2, dMu, dx, ...parameterGradients(dy, xHat) };
}

/** dl/dgamma = sum dl/dy_i x-hat_i, dl/dbeta = sum dl/dy_i */
export function parameterGradients(dy: Float64Array, xHat: Float64Array): { dGamma: number; dBeta: number } {
  const m = dy.length;
  return {
    dGamma: sum(m, (i) => (dy[i] as number) * (xHat[i] as number)),
    dBeta: sum(m, (i) => dy[i] as number),
  };
}
