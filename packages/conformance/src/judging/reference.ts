import { channelAxis, type DType, sizeOf, type View, valuesPerChannel, view } from "@batchnorm/core";
import * as specification from "@batchnorm/core/specification";
import type { StateDict } from "@batchnorm/layers";
import type { CaseOptions, Pass } from "./case.js";
import { type Exact, exactly, type Running } from "./exact.js";
import { type ExtendedForward, extendedBackward, extendedForward, extendedRunning } from "./extended/pass.js";

/** What the specification says of one forward pass through a layer in a given state. */
export interface ForwardReference {
  readonly view: View;
  readonly parameters: specification.Parameters;
  readonly forward: specification.Forward;
  /** the running statistics after it; null for a layer without */
  readonly running: Running<Float64Array> | null;
  readonly numBatchesTracked: number;
  /** whether it is by the batch's own statistics */
  readonly byBatch: boolean;
  /** what results are held against: the above, or the same in double-double arithmetic */
  readonly exact: {
    readonly y: Exact;
    readonly mean: Exact;
    readonly variance: Exact;
    readonly running: Running<Exact> | null;
  };
  /** the pass in double-double arithmetic; null where float64 is enough to be held against */
  readonly extended: ExtendedForward | null;
}

/** What it says of the backward pass after it. */
export interface BackwardReference {
  readonly backward: specification.Backward;
  readonly exact: { readonly dx: Exact; readonly dGamma: Exact; readonly dBeta: Exact };
}

/** Both. */
export interface ReferencePass extends ForwardReference {
  readonly backward: specification.Backward | null;
}

/** The defaults that a case may leave out. */
export type FullOptions = Required<CaseOptions>;

/**
 * Double-double results take twice the memory: for more values than these the specification must do, whose sums are
 * compensated.
 */
const mostExtended = 2 ** 22;

/**
 * One pass by the specification, from a layer's state before it.
 *
 * @param dtype the type of the results that are held against it
 */
export function referencePass(o: FullOptions, state: StateDict, pass: Pass, dtype: DType = "float32"): ReferencePass {
  const reference = forwardReference(o, state, pass, dtype);
  const { forward, view: v, parameters } = reference;
  const backward = pass.dy === null ? null : specification.backward(pass.dy, pass.x, v, parameters, forward);
  return { ...reference, backward };
}

/** The forward half of it. Parameters or results in float64 are held against double-double arithmetic. */
export function forwardReference(o: FullOptions, state: StateDict, pass: Pass, dtype: DType): ForwardReference {
  const v = view(pass.shape, channelAxis(pass.shape.length, o.layout));
  const parameters = {
    gamma: state.weight ?? null,
    beta: state.bias ?? null,
    eps: o.eps,
    activation: o.activation,
  };
  const before = runningOf(state);
  const byBatch = before === null || pass.mode === "train";
  const forward = byBatch
    ? specification.train(pass.x, v, parameters)
    : specification.inference(pass.x, v, parameters, before);
  const inFloat64 = dtype === "float64" || o.dtype === "float64";
  const extended = inFloat64 && sizeOf(v) <= mostExtended ? extendedForward(pass.x, v, parameters, forward) : null;
  const exact = extended ?? { y: exactly(forward.y), mean: exactly(forward.mean), variance: exactly(forward.variance) };
  const counted = state.num_batches_tracked ?? 0;
  const tracks = byBatch && before !== null;
  const m = valuesPerChannel(v);
  const momentum = o.momentum ?? 1 / (counted + 1);
  // an empty batch leaves them alone
  const running = tracks && m > 0 ? moved(before, forward, m, momentum) : before;
  const exactRunning =
    running === before || running === null || before === null || extended === null
      ? running && { mean: exactly(running.mean), variance: exactly(running.variance) }
      : extendedRunning(before, extended, running, m, momentum);
  return {
    view: v,
    parameters,
    forward,
    running,
    numBatchesTracked: tracks ? counted + 1 : counted,
    byBatch,
    exact: { ...exact, running: exactRunning },
    extended,
  };
}

/**
 * The backward half.
 *
 * @param ran the forward pass, with the z by which ReLU masks the gradient
 */
export function backwardReference(
  { view: v, parameters, extended }: ForwardReference,
  ran: specification.Forward,
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
): BackwardReference {
  const backward = specification.backward(dy, x, v, parameters, ran);
  const exact =
    extended === null
      ? { dx: exactly(backward.dx), dGamma: exactly(backward.dGamma), dBeta: exactly(backward.dBeta) }
      : extendedBackward(dy, x, v, parameters, ran, extended, backward);
  return { backward, exact };
}

function runningOf(state: StateDict): Running<Float64Array> | null {
  if (state.running_mean === undefined || state.running_var === undefined) return null;
  return { mean: Float64Array.from(state.running_mean), variance: Float64Array.from(state.running_var) };
}

function moved(
  before: Running<Float64Array>,
  batch: specification.Forward,
  m: number,
  momentum: number,
): Running<Float64Array> {
  const channels = Array.from(before.mean, (mean, c) =>
    specification.moveRunningStatistics(
      { mean, variance: before.variance[c] as number },
      { mu: batch.mean[c] as number, sigma2: batch.variance[c] as number },
      m,
      momentum,
    ),
  );
  return {
    mean: Float64Array.from(channels, ({ mean }) => mean),
    variance: Float64Array.from(channels, ({ variance }) => variance),
  };
}
