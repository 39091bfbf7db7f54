/**
 * The scale at which the error of each result is measured: the largest of the terms that it is the sum of. A result
 * that cancels to nearly nothing cannot be better than the terms that cancelled; nor can a term that holds a mean or a
 * sum over the batch be better than that mean or sum at its own scale.
 *
 * With s = sigma / sqrt(sigma^2 + eps), a = gamma / sqrt(sigma^2 + eps), and dz the gradient behind the activation:
 *
 * | result | scale |
 * |-|-|
 * | y | max(abs(gamma) s, abs(gamma x-hat), abs(beta), abs(y)) |
 * | dgamma | max(abs(dgamma), sqrt(sum (dz x-hat)^2)) |
 * | dbeta | max(abs(dbeta), sqrt(sum dz^2)) |
 * | dx, training | max(abs(dx), abs(a dz), abs(a) S_dbeta / m, abs(a) S_dgamma max(abs(x-hat), s) / m), where S is the scale of a sum |
 * | dx, inference | abs(a dz) |
 * | a mean, a running mean | max(abs(mean), sigma) |
 * | a variance | itself |
 */
import * as specification from "./specification/index.js";
import { sizeOf, type View, valuesPerChannel } from "./view.js";

/** The scales of a forward pass: of y by element, of the batch's mean and variance by channel. */
export interface ForwardScales {
  readonly y: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** The scales of a backward pass. */
export interface BackwardScales {
  readonly dx: Float64Array;
  readonly dGamma: Float64Array;
  readonly dBeta: Float64Array;
}

/** The scales of y, mean and variance. */
export function forwardScales(ran: specification.Forward, view: View, p: specification.Parameters): ForwardScales {
  const y = new Float64Array(sizeOf(view));
  for (let c = 0; c < view.channels; c++) {
    const gamma = p.gamma?.[c] ?? 1;
    const beta = p.beta?.[c] ?? 0;
    const variance = ran.variance[c] as number;
    const s = deviation(variance) / Math.sqrt(variance + p.eps);
    const xHat = specification.gather(ran.xHat, view, c);
    const z = specification.gather(ran.z, view, c);
    const terms = Math.max(Math.abs(gamma) * s, Math.abs(beta));
    specification.scatter(
      xHat.map((h, i) => Math.max(terms, Math.abs(gamma * h), Math.abs(z[i] as number))),
      y,
      view,
      c,
    );
  }
  return { y, mean: meanScale(ran.mean, ran.variance), variance: ran.variance };
}

/** The scale of means by channel: max(|mean|, sigma). */
export function meanScale(mean: ArrayLike<number>, variance: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: mean.length }, (_, c) =>
    Math.max(Math.abs(mean[c] as number), deviation(variance[c] as number)),
  );
}

/** sigma; of a running variance that rounding made negative 0 */
function deviation(variance: number): number {
  return Math.sqrt(Math.max(variance, 0));
}

/** The scales of dx, dgamma and dbeta. */
export function backwardScales(
  dy: ArrayLike<number>,
  view: View,
  p: specification.Parameters,
  ran: specification.Forward,
  result: specification.Backward,
): BackwardScales {
  const scales = {
    dx: new Float64Array(sizeOf(view)),
    dGamma: new Float64Array(view.channels),
    dBeta: new Float64Array(view.channels),
  };
  for (let c = 0; c < view.channels; c++) {
    const z = specification.gather(ran.z, view, c);
    const dz = specification
      .gather(dy, view, c)
      .map((g, i) => (p.activation === "relu" && (z[i] as number) <= 0 ? 0 : g));
    const xHat = specification.gather(ran.xHat, view, c);
    scales.dBeta[c] = Math.max(Math.abs(result.dBeta[c] as number), norm(dz));
    scales.dGamma[c] = Math.max(Math.abs(result.dGamma[c] as number), norm(dz.map((g, i) => g * (xHat[i] as number))));
    specification.scatter(dxScale(dz, view, p, ran, result, scales, c), scales.dx, view, c);
  }
  return scales;
}

function dxScale(
  dz: Float64Array,
  view: View,
  p: specification.Parameters,
  ran: specification.Forward,
  result: specification.Backward,
  sums: Pick<BackwardScales, "dBeta" | "dGamma">,
  c: number,
): Float64Array {
  const variance = ran.variance[c] as number;
  const a = Math.abs((p.gamma?.[c] ?? 1) / Math.sqrt(variance + p.eps));
  if (ran.mode === "inference") return dz.map((g) => a * Math.abs(g));
  const m = valuesPerChannel(view);
  const s = Math.sqrt(variance) / Math.sqrt(variance + p.eps);
  const dx = specification.gather(result.dx, view, c);
  const xHat = specification.gather(ran.xHat, view, c);
  const shift = (a * (sums.dBeta[c] as number)) / m;
  const slope = (a * (sums.dGamma[c] as number)) / m;
  return dz.map((g, i) =>
    Math.max(Math.abs(dx[i] as number), a * Math.abs(g), shift, slope * Math.max(Math.abs(xHat[i] as number), s)),
  );
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}
