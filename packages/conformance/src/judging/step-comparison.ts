import type { DType, Values } from "@batchnorm/core";
import { backwardScales, forwardScales, meanScale } from "@batchnorm/core/measure";
import type { StateDict } from "@batchnorm/layers";
import { Nonconformance } from "../check.js";
import type { Against, Operation } from "./bounds.js";
import type { ExpectedState, Mode, Pass } from "./case.js";
import { at, type Exact, exactly, put, wideArray } from "./exact.js";
import { add, wide } from "./extended/double-double.js";
import { maskedBy } from "./mask.js";
import { type Observation, observe } from "./observation.js";
import { backwardReference, type ForwardReference } from "./reference.js";

/** The gradients of a layer's parameters; null for a parameter that it does not have. */
interface ParameterGradients {
  readonly dweight: ArrayLike<number> | null;
  readonly dbias: ArrayLike<number> | null;
}

/** Compares what a layer computed in one step with the specification and with published values. */
export class StepComparison {
  readonly #where: Pick<Observation, "case" | "data" | "step">;
  readonly #dtype: { readonly data: DType; readonly state: DType };
  readonly #counts: boolean;

  /**
   * @param dtype of inputs and results, and of the layer's state
   * @param counts whether the counter is looked at
   */
  constructor(
    where: Pick<Observation, "case" | "data" | "step">,
    dtype: { readonly data: DType; readonly state: DType },
    counts: boolean,
  ) {
    this.#where = where;
    this.#dtype = dtype;
    this.#counts = counts;
  }

  /**
   * Mean and variance of the batch.
   *
   * @param exported as by `export()`
   */
  *moments({ mode }: Pass, { forward, exact, view }: ForwardReference, exported: Float64Array): Generator<Observation> {
    const { channels } = view;
    const count = exported[0] as number;
    const mean = exported.subarray(1, 1 + channels).map((high, c) => high + (exported[1 + channels + c] as number));
    const variance = exported.subarray(1 + 2 * channels).map((m2) => m2 / count);
    if (count === 0) return;
    const scale = meanScale(forward.mean, forward.variance);
    // a moment is in float64 for data of every type, and measured in ulp of theirs: beyond float32 it is still finite
    const seen = (operation: "mean" | "variance", actual: Float64Array, scale: Float64Array) =>
      this.#result("data", "specification", mode, operation, actual, exact[operation], scale, "float64");
    yield seen("mean", mean, scale);
    yield seen("variance", variance, forward.variance);
  }

  /** y, and the running statistics after it. */
  *forward(pass: Pass, reference: ForwardReference, y: ArrayLike<number>, after: StateDict): Generator<Observation> {
    const { mode } = pass;
    const { forward, exact, view, parameters } = reference;
    const scales = forwardScales(forward, view, parameters);
    const published = pass.expected?.y;
    yield this.#result("data", "specification", mode, "y", y, exact.y, scales.y);
    if (published !== undefined) {
      const scale = publishedScale(scales.y, reference);
      yield this.#result("data", "published", mode, "y", y, exactly(published), scale);
    }
    if (exact.running === null) return;
    yield* this.#running("specification", mode, after, exact.running.mean, exact.running.variance);
    this.#counter(after, reference.numBatchesTracked);
  }

  /**
   * dx, and what was added to the gradients of the parameters.
   *
   * @param y the result of the forward pass, judged before
   */
  *backward(
    pass: Pass,
    dy: Values,
    reference: ForwardReference,
    y: ArrayLike<number>,
    { dx, before, after }: { dx: ArrayLike<number>; before: ParameterGradients; after: ParameterGradients },
  ): Generator<Observation> {
    const { mode, expected } = pass;
    const { view, parameters } = reference;
    const { data } = this.#dtype;
    const ran =
      parameters.activation === "relu"
        ? maskedBy(reference.forward, y, forwardScales(reference.forward, view, parameters).y, data)
        : reference.forward;
    const { backward, exact } = backwardReference(reference, ran, pass.x, dy);
    const scales = backwardScales(dy, view, parameters, ran, backward);
    yield* this.#gradient("data", mode, "dx", dx, exact.dx, expected, scales.dx);
    const terms = { dweight: [exact.dGamma, scales.dGamma], dbias: [exact.dBeta, scales.dBeta] } as const;
    for (const operation of ["dweight", "dbias"] as const) {
      const [term, scale] = terms[operation];
      const sum = before[operation];
      const result = after[operation];
      if (sum === null || result === null) continue;
      const size = scale.map((value, c) => Math.max(value, Math.abs(sum[c] as number)));
      yield* this.#gradient("state", mode, operation, result, plus(sum, term), expected, size);
    }
  }

  *#gradient(
    of: "data" | "state",
    mode: Mode,
    operation: "dx" | "dweight" | "dbias",
    actual: ArrayLike<number>,
    exact: Exact,
    expected: Pass["expected"],
    scale: ArrayLike<number>,
  ): Generator<Observation> {
    const published = expected?.[operation];
    yield this.#result(of, "specification", mode, operation, actual, exact, scale);
    if (published !== undefined)
      yield this.#result(of, "published", mode, operation, actual, exactly(published), scale);
  }

  /** The state after a step, against published values; a parameter at the scale of the 1 or more that it started from. */
  *state(after: StateDict, expected: ExpectedState): Generator<Observation> {
    for (const name of ["weight", "bias"] as const) {
      const values = expected[name];
      if (values === undefined) continue;
      const scale = Array.from(values, (value) => Math.max(1, Math.abs(value)));
      yield this.#result("state", "published", "train", name, after[name] ?? [], exactly(values), scale);
    }
    if (expected.running_mean !== undefined && expected.running_var !== undefined) {
      yield* this.#running("published", "train", after, exactly(expected.running_mean), exactly(expected.running_var));
    }
    if (expected.num_batches_tracked !== undefined) this.#counter(after, expected.num_batches_tracked);
  }

  *#running(against: Against, mode: Mode, after: StateDict, mean: Exact, variance: Exact): Generator<Observation> {
    const scale = meanScale(mean.high, variance.high);
    yield this.#result("state", against, mode, "running_mean", after.running_mean ?? [], mean, scale);
    yield this.#result("state", against, mode, "running_var", after.running_var ?? [], variance, variance.high);
  }

  #counter(after: StateDict, expected: number): void {
    if (!this.#counts || after.num_batches_tracked === expected) return;
    throw new Nonconformance(
      `${this.#where.case}, step ${this.#where.step + 1}: num_batches_tracked is ${after.num_batches_tracked}, expected ${expected}`,
    );
  }

  #result(
    of: "data" | "state",
    against: Against,
    mode: Mode,
    operation: Operation,
    actual: ArrayLike<number>,
    expected: Exact,
    scale: ArrayLike<number>,
    held?: DType,
  ): Observation {
    return observe({ ...this.#where, mode, operation, against }, actual, expected, scale, this.#dtype[of], held);
  }
}

/**
 * The scale of a published y. Two things are in it that the specification, started from the layer's own state, does not
 * have: the running mean's rounding, which a mean far from zero turns into an error of `abs(a mean)`; and the other
 * program's own: PyTorch computes `x a + (beta - mean a)`, whose terms are as large.
 */
function publishedScale(scale: Float64Array, { forward, view, parameters }: ForwardReference): Float64Array {
  return scale.map((value, i) => {
    const c = Math.floor(i / view.inner) % view.channels;
    const variance = forward.variance[c] as number;
    const a = (parameters.gamma?.[c] ?? 1) / Math.sqrt(variance + parameters.eps);
    return Math.max(value, Math.abs(a * (forward.mean[c] as number)));
  });
}

/** sums + terms; where it stays finite, exactly. */
function plus(sums: ArrayLike<number>, terms: Exact): Exact {
  const result = wideArray(terms.high.length);
  for (let i = 0; i < result.high.length; i++) {
    const rounded = (sums[i] as number) + (terms.high[i] as number);
    put(result, i, Number.isFinite(rounded) ? add(wide(sums[i] as number), at(terms, i)) : wide(rounded));
  }
  return result;
}
