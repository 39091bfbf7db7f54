import { type Observation, observe, operations, type ReferencePass, referencePass } from "@batchnorm/conformance";
import { backwardScales, defaultEps, defaultMomentum, forwardScales, meanScale, specification } from "@batchnorm/core";
import type { ComparedResult, Contestant, Prepared, Results } from "./contestant.js";
import type { TimedOperation } from "./operations.js";
import type { Workload } from "./workload.js";

/** The worst error of one result of one operation. */
export interface ResultError {
  readonly result: ComparedResult;
  /** in ulp at the result's scale; null: not finite where the specification is */
  readonly ulp: number | null;
  /** the largest with which it is timed */
  readonly limit: number;
}

/** How far one contestant is from the specification on one case and operation. */
export interface Agreement {
  readonly errors: readonly ResultError[];
  readonly agrees: boolean;
}

/** What the float64 specification says of a workload: the values of each result, and the scales of their errors. */
export type Reference = Readonly<Record<"training" | "inference", Expected>>;

type Expected = Readonly<Partial<Record<ComparedResult, { values: ArrayLike<number>; scale: ArrayLike<number> }>>>;

/** The specification's results for a workload, of a training step and of inference. */
export function referenceOf(workload: Workload): Reference {
  const training = passOf(workload, "train");
  const inference = passOf(workload, "eval");
  return {
    training: { ...forwardOf(training), ...backwardOf(training, workload), ...runningOf(training) },
    inference: forwardOf(inference),
  };
}

/** Runs once and compares everything that the operation computes with the specification. */
export async function agreementOf(
  contestant: Contestant,
  prepared: Prepared,
  operation: TimedOperation,
  reference: Reference,
): Promise<Agreement> {
  const outcome = prepared.run();
  let results: Results;
  try {
    results = await outcome.read();
  } finally {
    outcome.dispose();
  }
  const expected = operation === "infer" ? reference.inference : reference.training;
  const errors = operations
    .filter((result) => results[result] !== undefined)
    .map((result) => {
      const ulp = worstError(results[result] ?? [], expected[result]);
      return { result, ulp: Number.isFinite(ulp) ? ulp : null, limit: contestant.limit(result) };
    });
  return { errors, agrees: errors.every(({ ulp, limit }) => ulp !== null && ulp <= limit) };
}

function worstError(actual: ArrayLike<number>, expected: Expected[ComparedResult]): number {
  if (expected === undefined) return Number.POSITIVE_INFINITY;
  const where: Parameters<typeof observe>[0] = {
    case: "",
    data: "ordinary",
    step: 0,
    mode: "train",
    operation: "y",
    against: "specification",
  };
  const { ulp }: Observation = observe(where, actual, expected.values, expected.scale, "float32");
  return ulp;
}

function passOf(workload: Workload, mode: "train" | "eval"): ReferencePass {
  const { shape, layout } = workload.case;
  return referencePass(
    {
      kind: "BatchNorm2d", // only the layout matters here: the specification takes any rank
      numFeatures: workload.channels,
      eps: defaultEps,
      momentum: defaultMomentum,
      affine: true,
      bias: true,
      trackRunningStats: true,
      layout,
      activation: null,
      dtype: "float32",
    },
    {
      weight: workload.weight,
      bias: workload.bias,
      running_mean: workload.runningMean,
      running_var: workload.runningVar,
      num_batches_tracked: 0,
    },
    { mode, shape, x: workload.x, dy: null },
    "float32",
  );
}

function forwardOf({ forward, view, parameters }: ReferencePass): Expected {
  return { y: { values: forward.y, scale: forwardScales(forward, view, parameters).y } };
}

function backwardOf({ forward, view, parameters }: ReferencePass, { x, dy }: Workload): Expected {
  const backward = specification.backward(dy, x, view, parameters, forward);
  const scales = backwardScales(dy, view, parameters, forward, backward);
  return {
    dx: { values: backward.dx, scale: scales.dx },
    dweight: { values: backward.dGamma, scale: scales.dGamma },
    dbias: { values: backward.dBeta, scale: scales.dBeta },
  };
}

function runningOf({ running }: ReferencePass): Expected {
  if (running === null) return {};
  return {
    running_mean: { values: running.mean, scale: meanScale(running.mean, running.variance) },
    running_var: { values: running.variance, scale: running.variance },
  };
}
