import { type DType, valuesPerChannel } from "@batchnorm/core";
import type { Pass } from "../../judging/case.js";
import type { DataClass } from "../../judging/data-class.js";
import type { Observation } from "../../judging/observation.js";
import { referencePass } from "../../judging/reference.js";
import { fullOptions } from "../../judging/run-case.js";
import { StepComparison } from "../../judging/step-comparison.js";
import { expectWithinBounds } from "../../judging/within-bounds.js";
import type { Bench } from "../bench.js";
import { shapeOf } from "../shape.js";
import type { Problem } from "./problem.js";
import type { Results } from "./results.js";

/** How far a problem's results are from what is right, in the order in which they rest on each other. */
export function* besideReference(
  name: string,
  data: DataClass,
  { view, x, dy, weight, bias, eps }: Problem,
  results: Results,
  dtype: DType,
): Generator<Observation> {
  const pass: Pass = { mode: "train", shape: shapeOf(view), x, dy };
  const options = fullOptions({
    kind: "BatchNorm1d",
    numFeatures: view.channels,
    eps,
    trackRunningStats: false,
    dtype,
  });
  const state = {
    ...(weight === null ? {} : { weight: Float64Array.from(weight) }),
    ...(bias === null ? {} : { bias: Float64Array.from(bias) }),
  };
  const reference = referencePass(options, state, pass, dtype);
  const comparison = new StepComparison({ case: name, data, step: 0 }, { data: dtype, state: dtype }, false);
  yield* comparison.moments(pass, reference, exported(results, valuesPerChannel(view)));
  yield* comparison.forward(pass, reference, results.y, state);
  const { dx, dweight, dbias } = results;
  const zeros = new Float64Array(view.channels);
  yield* comparison.backward(pass, dy, reference, results.y, {
    dx,
    before: { dweight: zeros, dbias: zeros },
    after: { dweight, dbias },
  });
}

/** Judges a problem's results by the specification. */
export async function judgeResults(
  { subject, dtype }: Pick<Bench, "subject" | "dtype">,
  name: string,
  data: DataClass,
  problem: Problem,
  results: Results,
): Promise<void> {
  async function* observations() {
    yield* besideReference(name, data, problem, results, dtype);
  }
  await expectWithinBounds(subject, observations());
}

/** Mean and variance as exported moments have them. */
function exported({ mean, variance }: Results, count: number): Float64Array {
  return Float64Array.from([count, ...mean, ...mean.map(() => 0), ...variance.map((value) => value * count)]);
}
