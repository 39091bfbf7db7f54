import { sizeOf, type Values, type View, valuesPerChannel } from "@batchnorm/core";
import { backwardScales, forwardScales } from "@batchnorm/core/measure";
import * as specification from "@batchnorm/core/specification";
import type { DataClass } from "../../judging/data-class.js";

/** The inputs of a training pass. All numbers are dyadic with few digits, so that they can be moved and scaled exactly. */
export interface Problem {
  readonly view: View;
  readonly x: Values;
  readonly dy: Values;
  /** gamma and beta by channel; null: 1 and 0 */
  readonly weight: readonly number[] | null;
  readonly bias: readonly number[] | null;
  readonly eps: number;
}

/** The scale of each result of a training pass, see core's scales.ts. */
export interface Scales {
  readonly y: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly dx: Float64Array;
  readonly dweight: Float64Array;
  readonly dbias: Float64Array;
}

/** The scales of a problem's results. */
export function scalesOf(problem: Problem): Scales {
  const { view, x, dy } = problem;
  const parameters = parametersOf(problem);
  const forward = specification.train(x, view, parameters);
  const backward = specification.backward(dy, x, view, parameters, forward);
  const { dx, dGamma, dBeta } = backwardScales(dy, view, parameters, forward, backward);
  return { ...forwardScales(forward, view, parameters), dx, dweight: dGamma, dbias: dBeta };
}

/** The parameters of a problem as the specification takes them. */
export function parametersOf({ weight, bias, eps }: Problem): specification.Parameters {
  return { gamma: weight, beta: bias, eps, activation: null };
}

/** How many values of a channel are not its most frequent one: at most one makes the channel "constant". */
function otherValues(values: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return values.length - Math.max(0, ...counts.values());
}

/** The class of a problem's data: by it its bounds are chosen. */
export function classOf({ view, x }: Problem): DataClass {
  let far = false;
  for (let c = 0; c < view.channels; c++) {
    const values = specification.gather(x, view, c);
    if (otherValues(values) <= 1) return "constant";
    const mean = specification.mean(values);
    far ||= Math.abs(mean) > 8 * Math.sqrt(specification.variance(values, mean));
  }
  return far ? "offset" : "ordinary";
}

/** A problem as a line of an error message. */
export function describeProblem({ view, x, dy, weight, bias, eps }: Problem): string {
  const { outer, channels, inner } = view;
  const list = (values: ArrayLike<number> | null) => (values === null ? "none" : `[${Array.from(values).join(", ")}]`);
  return (
    `view { outer: ${outer}, channels: ${channels}, inner: ${inner} } (${sizeOf(view)} values, ${valuesPerChannel(view)} per channel), ` +
    `eps ${eps}, weight ${list(weight)}, bias ${list(bias)}, x ${list(x)}, dy ${list(dy)}`
  );
}
