import { channelAxis, sizeOf, specification, type View, valuesPerChannel, view } from "@batchnorm/core";
import type { StateDict } from "@batchnorm/layers";
import type { CaseOptions, Pass } from "./case.js";

/** What the specification says of one pass through a layer in a given state. */
export interface ReferencePass {
  readonly view: View;
  readonly parameters: specification.Parameters;
  readonly forward: specification.Forward;
  readonly backward: specification.Backward | null;
  /** the running statistics after it; null for a layer without */
  readonly running: { readonly mean: Float64Array; readonly variance: Float64Array } | null;
  readonly numBatchesTracked: number;
}

/** The defaults that a case may leave out. */
export type FullOptions = Required<CaseOptions>;

/** One pass by the specification, from a layer's state before it. */
export function referencePass(o: FullOptions, state: StateDict, pass: Pass): ReferencePass {
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
  const backward = pass.dy === null ? null : specification.backward(pass.dy, pass.x, v, parameters, forward);
  const counted = state.num_batches_tracked ?? 0;
  if (!byBatch || before === null) {
    return { view: v, parameters, forward, backward, running: before, numBatchesTracked: counted };
  }
  const momentum = o.momentum ?? 1 / (counted + 1);
  // an empty batch only counts
  const running = sizeOf(v) === 0 ? before : moved(before, forward, valuesPerChannel(v), momentum);
  return { view: v, parameters, forward, backward, running, numBatchesTracked: counted + 1 };
}

function runningOf(state: StateDict): ReferencePass["running"] {
  if (state.running_mean === undefined || state.running_var === undefined) return null;
  return { mean: Float64Array.from(state.running_mean), variance: Float64Array.from(state.running_var) };
}

function moved(
  before: NonNullable<ReferencePass["running"]>,
  batch: specification.Forward,
  m: number,
  momentum: number,
): NonNullable<ReferencePass["running"]> {
  const after = { mean: before.mean.slice(), variance: before.variance.slice() };
  for (let c = 0; c < after.mean.length; c++) {
    const channel = specification.moveRunningStatistics(
      { mean: before.mean[c] as number, variance: before.variance[c] as number },
      { mu: batch.mean[c] as number, sigma2: batch.variance[c] as number },
      m,
      momentum,
    );
    after.mean[c] = channel.mean;
    after.variance[c] = channel.variance;
  }
  return after;
}
