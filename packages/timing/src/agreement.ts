import {
  backwardReference,
  type Exact,
  type ForwardReference,
  forwardReference,
  fullOptions,
  observe,
  operations,
} from "@batchnorm/conformance";
import { type DType, sizeOf, type View, valuesPerChannel } from "@batchnorm/core";
import { backwardScales, forwardScales, meanScale } from "@batchnorm/core/measure";
import { viewOf } from "./cases/schema.js";
import type { ComparedResult, Implementation, Results } from "./implementations/implementation.js";
import type { TimedTask } from "./operations.js";
import type { Workload } from "./workload.js";

/** The worst error of one result of one operation. */
export interface ResultError {
  readonly result: ComparedResult;
  /** in ulp at the result's scale; null: not finite where the specification is, or not as many values */
  readonly ulp: number | null;
  /** the largest with which it is timed */
  readonly limit: number;
}

/** How far one implementation is from the specification on one case and operation. */
export interface Agreement {
  readonly errors: readonly ResultError[];
  readonly agrees: boolean;
}

/** What the float64 specification says of some of a workload's channels: the values of each result, and their scales. */
export interface Reference {
  readonly dtype: DType;
  readonly view: View;
  /** which channels are compared: all, but of large tensors the first, the last and some between */
  readonly channels: readonly number[];
  readonly expected: Expected;
}

type Expected = Readonly<Partial<Record<ComparedResult, { values: Exact; scale: ArrayLike<number> }>>>;

/** So many elements are compared, or one channel where it has more. */
const mostCompared = 2 ** 20;

/** The specification's results for a task on a workload. */
export function referenceOf(workload: Workload, { operation, activation }: TimedTask): Reference {
  const view = viewOf(workload.case);
  const { dtype } = workload.case;
  const channels = comparedChannels(view);
  const each = { outer: 1, channels: view.channels, inner: 1 };
  const [x, dy] = [gather(workload.x, view, channels), gather(workload.dy, view, channels)];
  const ran = forwardReference(
    // only the layout of the kind matters here: the specification takes any rank
    fullOptions({ kind: "BatchNorm1d", numFeatures: channels.length, activation, dtype }),
    {
      weight: gather(workload.weight, each, channels),
      bias: gather(workload.bias, each, channels),
      running_mean: gather(workload.runningMean, each, channels),
      running_var: gather(workload.runningVar, each, channels),
      num_batches_tracked: 0,
    },
    {
      mode: operation === "infer" ? "eval" : "train",
      shape: [view.outer, channels.length, view.inner],
      x,
      dy: null,
    },
    dtype,
  );
  const expected = {
    ...(operation === "backward" ? {} : forwardOf(ran)),
    ...(operation === "step" || operation === "backward" ? backwardOf(ran, x, dy) : {}),
    ...(operation === "step" || operation === "train" ? runningOf(ran) : {}),
  };
  return { dtype, view, channels, expected };
}

/** Holds the results of a run against the specification: all that the operation computes, and no others. */
export function agreementOf(implementation: Implementation, results: Results, reference: Reference): Agreement {
  const { dtype, expected } = reference;
  const errors = operations
    .filter((result) => expected[result] !== undefined)
    .map((result) => {
      const ulp = worstError(result, results[result] ?? [], reference);
      return {
        result,
        ulp: Number.isFinite(ulp) ? Number(ulp.toPrecision(4)) : null,
        limit: implementation.limit(result, dtype),
      };
    });
  return { errors, agrees: errors.every(({ ulp, limit }) => ulp !== null && ulp <= limit) };
}

function worstError(result: ComparedResult, whole: ArrayLike<number>, reference: Reference): number {
  const { view, channels, expected, dtype } = reference;
  const { values, scale } = expected[result] as NonNullable<Expected[ComparedResult]>;
  const perChannel = result !== "y" && result !== "dx";
  if (whole.length !== (perChannel ? view.channels : sizeOf(view))) return Number.POSITIVE_INFINITY;
  const actual = gather(whole, perChannel ? { ...view, outer: 1, inner: 1 } : view, channels);
  const where = {
    case: "",
    data: "ordinary",
    step: 0,
    mode: "train",
    operation: result,
    against: "specification",
  } as const;
  return observe(where, actual, values, scale, dtype).ulp;
}

function comparedChannels(view: View): readonly number[] {
  const most = Math.max(1, Math.floor(mostCompared / valuesPerChannel(view)));
  if (most >= view.channels) return Array.from({ length: view.channels }, (_, c) => c);
  if (most === 1) return [view.channels - 1];
  return Array.from({ length: most }, (_, i) => Math.round((i * (view.channels - 1)) / (most - 1)));
}

/** The values of some channels, as a tensor of those alone. */
function gather(from: ArrayLike<number>, { outer, channels, inner }: View, of: readonly number[]): Float64Array {
  const result = new Float64Array(outer * of.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const c of of) {
      const start = (o * channels + c) * inner;
      for (let i = start; i < start + inner; i++) result[at++] = from[i] as number;
    }
  }
  return result;
}

function forwardOf({ forward, exact, view, parameters }: ForwardReference): Expected {
  return { y: { values: exact.y, scale: forwardScales(forward, view, parameters).y } };
}

function backwardOf(reference: ForwardReference, x: Float64Array, dy: Float64Array): Expected {
  const { forward, view, parameters } = reference;
  const { backward, exact } = backwardReference(reference, forward, x, dy);
  const scales = backwardScales(dy, view, parameters, forward, backward);
  return {
    dx: { values: exact.dx, scale: scales.dx },
    dweight: { values: exact.dGamma, scale: scales.dGamma },
    dbias: { values: exact.dBeta, scale: scales.dBeta },
  };
}

function runningOf({ exact }: ForwardReference): Expected {
  if (exact.running === null) return {};
  const { mean, variance } = exact.running;
  return {
    running_mean: { values: mean, scale: meanScale(mean.high, variance.high) },
    running_var: { values: variance, scale: variance.high },
  };
}
