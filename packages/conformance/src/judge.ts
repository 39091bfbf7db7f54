import { backwardScales, type DType, forwardScales, meanScale, type Values } from "@batchnorm/core";
import type { StateDict } from "@batchnorm/layers";
import type { Against, Operation } from "./bounds.js";
import type { ExpectedState, Mode, Pass } from "./case.js";
import { type Observation, observe } from "./observation.js";
import type { ReferencePass } from "./reference.js";

/** The gradients of a layer's parameters; null for a parameter that it does not have. */
interface ParameterGradients {
  readonly dweight: ArrayLike<number> | null;
  readonly dbias: ArrayLike<number> | null;
}

/** Compares what a layer computed in one step with the specification and with published values. */
export class Judge {
  readonly #where: Pick<Observation, "case" | "data" | "step">;
  readonly #dtype: { readonly data: DType; readonly state: DType };

  /** @param dtype of inputs and results, and of the layer's state */
  constructor(
    where: Pick<Observation, "case" | "data" | "step">,
    dtype: { readonly data: DType; readonly state: DType },
  ) {
    this.#where = where;
    this.#dtype = dtype;
  }

  /** y, and the running statistics after it. */
  *forward(pass: Pass, reference: ReferencePass, y: ArrayLike<number>, after: StateDict): Generator<Observation> {
    const { mode } = pass;
    const { forward, view, parameters, running } = reference;
    const scales = forwardScales(forward, view, parameters);
    yield this.#data("specification", mode, "y", y, forward.y, scales.y);
    if (pass.expected !== undefined) {
      yield this.#data("published", mode, "y", y, pass.expected.y, publishedScale(scales.y, reference));
    }
    if (running === null) return;
    yield* this.#running("specification", mode, after, running.mean, running.variance);
    this.#counter(after, reference.numBatchesTracked);
  }

  /** dx, and what was added to the gradients of the parameters. */
  *backward(
    { mode, expected }: Pass,
    dy: Values,
    { forward, backward, view, parameters }: ReferencePass,
    { dx, before, after }: { dx: ArrayLike<number>; before: ParameterGradients; after: ParameterGradients },
  ): Generator<Observation> {
    if (backward === null) return;
    const scales = backwardScales(dy, view, parameters, forward, backward);
    yield this.#data("specification", mode, "dx", dx, backward.dx, scales.dx);
    if (expected?.dx !== undefined) yield this.#data("published", mode, "dx", dx, expected.dx, scales.dx);
    for (const { operation, term, scale } of [
      { operation: "dweight", term: backward.dGamma, scale: scales.dGamma },
      { operation: "dbias", term: backward.dBeta, scale: scales.dBeta },
    ] as const) {
      const sum = before[operation];
      const result = after[operation];
      if (sum === null || result === null) continue;
      const whole = term.map((value, c) => (sum[c] as number) + value);
      const at = scale.map((value, c) => Math.max(value, Math.abs(sum[c] as number)));
      yield this.#state("specification", mode, operation, result, whole, at);
      const published = expected?.[operation];
      if (published !== undefined) yield this.#state("published", mode, operation, result, published, at);
    }
  }

  /** The state after a step, against published values; a parameter at the scale of the 1 or more that it started from. */
  *state(after: StateDict, expected: ExpectedState): Generator<Observation> {
    for (const name of ["weight", "bias"] as const) {
      const values = expected[name];
      if (values === undefined) continue;
      const scale = Array.from(values, (value) => Math.max(1, Math.abs(value)));
      yield this.#state("published", "train", name, after[name] ?? [], values, scale);
    }
    if (expected.running_mean !== undefined && expected.running_var !== undefined) {
      yield* this.#running("published", "train", after, expected.running_mean, expected.running_var);
    }
    if (expected.num_batches_tracked !== undefined) this.#counter(after, expected.num_batches_tracked);
  }

  *#running(
    against: Against,
    mode: Mode,
    after: StateDict,
    mean: ArrayLike<number>,
    variance: ArrayLike<number>,
  ): Generator<Observation> {
    yield this.#state(against, mode, "running_mean", after.running_mean ?? [], mean, meanScale(mean, variance));
    yield this.#state(against, mode, "running_var", after.running_var ?? [], variance, variance);
  }

  #counter(after: StateDict, expected: number): void {
    if (after.num_batches_tracked === expected) return;
    throw new Error(
      `${this.#where.case}, step ${this.#where.step}: num_batches_tracked is ${after.num_batches_tracked}, expected ${expected}`,
    );
  }

  #data(
    against: Against,
    mode: Mode,
    operation: Operation,
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    scale: ArrayLike<number>,
  ): Observation {
    return observe({ ...this.#where, mode, operation, against }, actual, expected, scale, this.#dtype.data);
  }

  #state(
    against: Against,
    mode: Mode,
    operation: Operation,
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    scale: ArrayLike<number>,
  ): Observation {
    return observe({ ...this.#where, mode, operation, against }, actual, expected, scale, this.#dtype.state);
  }
}

/**
 * The scale of a published y. Two things are in it that the specification, started from the layer's own state, does not
 * have: the running mean's rounding, which a mean far from zero turns into an error of `abs(a mean)`; and the other
 * program's own: PyTorch computes `x a + (beta - mean a)`, whose terms are as large.
 */
function publishedScale(scale: Float64Array, { forward, view, parameters }: ReferencePass): Float64Array {
  return scale.map((value, at) => {
    const c = Math.floor(at / view.inner) % view.channels;
    const variance = forward.variance[c] as number;
    const a = (parameters.gamma?.[c] ?? 1) / Math.sqrt(variance + parameters.eps);
    return Math.max(value, Math.abs(a * (forward.mean[c] as number)));
  });
}
