/**
 * Algorithm 2 of the paper: a network that was trained with batch statistics infers with fixed ones.
 *
 * Source: Ioffe and Szegedy 2015, section 3.1 and Algorithm 2. The paper averages over training batches and
 * names moving averages as the way to track them during training; the weight `momentum` of the new value,
 * and the moving average of the unbiased variance, are PyTorch's.
 */
import { normalize, scaleAndShift, type Transformed } from "./algorithm1.js";
import { type Gradients, parameterGradients } from "./gradients.js";

/** E[x] and Var[x], as known so far. */
export interface RunningStatistics {
  readonly mean: number;
  readonly variance: number;
}

/** m / (m - 1) sigma_B^2, the unbiased variance estimate of a batch of m values */
export function unbiased(sigma2: number, m: number): number {
  return (m / (m - 1)) * sigma2;
}

/**
 *     E[x]   <- (1 - momentum) E[x]   + momentum mu_B
 *     Var[x] <- (1 - momentum) Var[x] + momentum m / (m - 1) sigma_B^2
 */
export function moveRunningStatistics(
  running: RunningStatistics,
  batch: { mu: number; sigma2: number },
  m: number,
  momentum: number,
): RunningStatistics {
  return {
    mean: (1 - momentum) * running.mean + momentum * batch.mu,
    variance: (1 - momentum) * running.variance + momentum * unbiased(batch.sigma2, m),
  };
}

/** y = gamma (x - E[x]) / sqrt(Var[x] + epsilon) + beta */
export function infer(
  x: Float64Array,
  { mean, variance }: RunningStatistics,
  gamma: number,
  beta: number,
  epsilon: number,
): Transformed {
  const xHat = normalize(x, mean, variance, epsilon);
  return { mu: mean, sigma2: variance, xHat, y: scaleAndShift(xHat, gamma, beta) };
}

/** The gradients in inference, where E[x] and Var[x] are constants: dl/dx_i = dl/dy_i gamma / sqrt(Var[x] + epsilon) */
export function inferenceGradients(
  dy: Float64Array,
  { sigma2, xHat }: { sigma2: number; xHat: Float64Array },
  gamma: number,
  epsilon: number,
): Gradients {
  const dx = dy.map((dyI) => (dyI * gamma) / Math.sqrt(sigma2 + epsilon));
  return { dx, ...parameterGradients(dy, xHat) };
}
