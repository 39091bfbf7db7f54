import { backwardScales, forwardScales, meanScale, ulpError } from "@batchnorm/core/measure";
import type * as specification from "@batchnorm/core/specification";
import type { LayerPass, LayerRun } from "./layer-run.js";

/** A result of the layer beside the specification's. */
export interface Comparison {
  readonly quantity: string;
  readonly specification: ArrayLike<number>;
  readonly layer: ArrayLike<number>;
  /** the largest error, in units in the last place of float32 at the scale of the result */
  readonly ulp: number;
}

/**
 * The passes that a lesson is about: training on the first batch, the running statistics after the last, inference.
 * Each pass is compared by itself, from the state that the layer was in, so that roundings do not add up.
 */
export function compare({ passes }: LayerRun): Comparison[] {
  const first = passes[0] as LayerPass;
  const last = passes.at(-2) as LayerPass;
  const inference = passes.at(-1) as LayerPass;
  return [...passResults(first, "training"), ...runningResults(last), ...passResults(inference, "inference")];
}

function passResults({ dy, y, dx, dGamma, dBeta, reference }: LayerPass, mode: string): Comparison[] {
  const { view, parameters, forward } = reference;
  const backward = reference.backward as specification.Backward;
  const scales = backwardScales(dy, view, parameters, forward, backward);
  return [
    one(`y, ${mode}`, y, forward.y, forwardScales(forward, view, parameters).y),
    one(`dx, ${mode}`, dx, backward.dx, scales.dx),
    one(`dgamma, ${mode}`, dGamma, backward.dGamma, scales.dGamma),
    one(`dbeta, ${mode}`, dBeta, backward.dBeta, scales.dBeta),
  ];
}

function runningResults({ after: { running_mean, running_var }, reference: { running } }: LayerPass): Comparison[] {
  if (running === null || running_mean === undefined || running_var === undefined) return [];
  const { mean, variance } = running;
  return [one("E[x]", running_mean, mean, meanScale(mean, variance)), one("Var[x]", running_var, variance, variance)];
}

function one(
  quantity: string,
  layer: ArrayLike<number>,
  specification: ArrayLike<number>,
  scale: ArrayLike<number>,
): Comparison {
  const errors = Array.from(specification, (expected, i) =>
    ulpError(layer[i] as number, expected, scale[i] as number, "float32"),
  );
  return { quantity, specification, layer, ulp: Math.max(...errors) };
}
