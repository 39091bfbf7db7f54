/**
 * Gradients against central differences of the loss `f = sum dy y`, whose gradient by y is dy. f is computed by the
 * backend's own forward pass where it computes in float64, else by the specification's. How far the two may be apart:
 * see difference-error.ts; besides, the gradient may be off by its own bound.
 */
import type { DType } from "@batchnorm/core";
import { backwardScales, ulpAt } from "@batchnorm/core/measure";
import * as specification from "@batchnorm/core/specification";
import { goals } from "../../bounds.js";
import { type Check, expectThat, type Subject } from "../../check.js";
import { type Bounds, boundOf, type Operation } from "../../judging/bounds.js";
import { Bench } from "../bench.js";
import { typedChecks } from "../typed-checks.js";
import { type Step, stepsOf } from "./difference-error.js";
import {
  forwardOf,
  gradientsOf,
  type Inputs,
  parametersOf,
  type Situation,
  situations,
  specificationPass,
} from "./situations.js";

/** Each input with its gradient. */
const gradientNames = { x: "dx", weight: "dweight", bias: "dbias" } as const;
type GradientName = (typeof gradientNames)[keyof Inputs];

/** Every gradient in every mode, activation and layout. */
export function finiteDifferenceChecks(): readonly Check[] {
  return situations().flatMap((situation) =>
    typedChecks(
      "finite-differences",
      `dx, dweight and dbias, ${situation.mode}, ${situation.activation ?? "no activation"}, ${situation.layout}`,
      (subject, dtype) => compare(subject, situation, dtype),
    ),
  );
}

async function compare(subject: Subject, situation: Situation, dtype: DType): Promise<void> {
  const { backend, bounds } = subject;
  const gradients = await Bench.use(subject, dtype, (bench) => gradientsOf(bench, situation));
  if (bounds === null) return;
  const own = backend.capabilities.dtypes.includes("float64");
  const forward = (inputs: Inputs) =>
    own
      ? Bench.use(subject, "float64", (bench) => forwardOf(bench, situation, inputs))
      : specificationPass(situation, inputs).y;
  // the specification adds up plainly in float64
  const forwardBound = allowed(own ? bounds : goals, "float64", "y");
  for (const [input, name] of Object.entries(gradientNames) as [keyof Inputs, GradientName][]) {
    const scale = scaleOf(situation, name);
    const bound = allowed(bounds, dtype, name);
    for (const [i, step] of stepsOf(situation, input, forwardBound).entries()) {
      const difference = await centralDifference(situation, input, i, step, forward);
      const actual = gradients[name][i] as number;
      const most = step.error + bound * ulpAt(scale[i] as number, dtype);
      expectThat(
        Math.abs(actual - difference) <= most,
        () =>
          `${name}[${i}] for x of shape [${situation.shape.join(", ")}] is ${actual}, central differences of ` +
          `${own ? "the backend's own" : "the specification's"} forward pass (h = ${step.h}) say ${difference}: at most ${most} from it`,
      );
    }
  }
}

async function centralDifference(
  situation: Situation,
  input: keyof Inputs,
  i: number,
  { h }: Step,
  forward: (inputs: Inputs) => ArrayLike<number> | Promise<ArrayLike<number>>,
): Promise<number> {
  const loss = async (step: number) => {
    const moved = situation[input].map((value, j) => (i === j ? value + step : value));
    const y = await forward({ ...situation, [input]: moved });
    return situation.dy.length * specification.mean(Float64Array.from(situation.dy, (g, j) => g * (y[j] as number)));
  };
  return ((await loss(h)) - (await loss(-h))) / (2 * h);
}

function scaleOf(situation: Situation, name: GradientName): Float64Array {
  const { dy, x, view } = situation;
  const parameters = parametersOf(situation, situation);
  const forward = specificationPass(situation);
  const backward = specification.backward(dy, x, view, parameters, forward);
  const { dx, dGamma, dBeta } = backwardScales(dy, view, parameters, forward, backward);
  return { dx, dweight: dGamma, dbias: dBeta }[name];
}

function allowed(bounds: Bounds, dtype: DType, operation: Operation): number {
  return boundOf(bounds, { dtype, against: "specification", data: "ordinary", operation });
}
