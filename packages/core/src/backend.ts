/**
 * The contract between layers and backends.
 *
 * A layer knows shapes, modes, parameters and running statistics, but not which backend it runs on. A backend
 * knows views, not ranks or layouts: every batch that it is given for work comes with its
 * `{ outer, channels, inner }`. No option is optional here and no default lives in a backend: layers fill them.
 *
 * Ownership. Inputs are never disposed or written. Results belong to the caller. Only states are ever written,
 * by `assign`, `axpy` and `move`. `retain` gives a handle of its own on present values. A disposed buffer may be
 * used again by the backend. `out`, where given, receives the result and is returned; it may alias `dy`, no
 * other input, and is no state. Where tensors lie in host memory a handle that `retain` gave of `out` shows the result too,
 * as it shows what is written to `values`.
 *
 * Empty batches. A tensor without elements is a batch like any other: an empty result, moments of count 0, gradients
 * of zeros for the parameters.
 *
 * Failure. An operation that throws has changed no state and kept no buffer; only an `out` that it had accepted may hold
 * anything. Backends on engines that report late may throw in `sync` and `data` instead.
 *
 * Fused operations (`train`, `backward` without sums) and the pieces beside them (`moments`, `merge`, `apply`,
 * `gradientSums`, `backward` with sums) share their kernels; the pieces exist so that statistics can be merged over
 * shards, workers and machines: export, send, import, merge, go on.
 *
 * Only `data`, `export` and `sync` are asynchronous, so that nothing else ever waits for a device.
 *
 * | operation | gives | refuses, besides what is below |
 * |-|-|-|
 * | `tensor`, `state` | the shape and type asked for; float64 for a `Float64Array`, else float32 | values that are no numbers, types that are not computed in (`ERR_DTYPE`), another length (`ERR_LENGTH`), no shape (`ERR_SHAPE`) |
 * | `assign`, `axpy` | | what is no state (`ERR_ALIAS`), another shape (`ERR_SHAPE`) |
 * | `retain` | shape and type of x; no state, also of a state | |
 * | `train` | y of the shape and type of x, moments | |
 * | `apply` | y of the shape and type of x | |
 * | `backward` | dx of the shape and type of x; those of the parameters of the shape and type of the parameter | dy of another shape (`ERR_SHAPE`) or type (`ERR_DTYPE`) than x, sums behind statistics (`ERR_OPTION`) |
 * | `moments`, `gradientSums` | numbers by channel, in float64 or as good as the engine can | as `backward` |
 * | `merge` | moments of moments, sums of sums | no parts, parts of different channels (`ERR_OPTION`) |
 * | `importMoments`, `importGradientSums` | | what no export gives (`ERR_OPTION`) |
 * | `move` | | statistics that are no states (`ERR_ALIAS`) or of other channels than the moments (`ERR_CHANNELS`), a count that leaves nothing to divide by (`ERR_OPTION`) |
 *
 * Refused everywhere: what was disposed (`ERR_DISPOSED`), what this backend has not made, undefined among it
 * (`ERR_FOREIGN_TENSOR`), a tensor of other elements than its view (`ERR_SHAPE`), a parameter or statistic that has not one
 * value for each channel (`ERR_CHANNELS`), moments or sums of other channels (`ERR_OPTION` or `ERR_CHANNELS`), an `out` of
 * another shape (`ERR_SHAPE`) or type (`ERR_DTYPE`), or that is x, a parameter, a statistic or a state (`ERR_ALIAS`).
 * What has a `count` is taken for moments.
 *
 * A NaN or an infinity stays in its channel, and in inference at its place: with statistics `dx` does not depend on x. ReLU
 * stops the gradient where z <= 0, so that a NaN passes. `null` is said where there is no parameter, no `out`, no sums:
 * `undefined` is a mistake there.
 */
import type { DType, FloatArray, Values } from "./dtype.js";
import type { Activation } from "./options.js";
import type { View } from "./view.js";

/** What layers need to know of a tensor. A `tf.Tensor` is one as it stands. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** A copy of the values as they are when it is called, in row-major order. */
  data(): Promise<FloatArray | Int32Array | Uint8Array>;
  dispose(): void;
}

/** A tensor in host memory, of a backend that is `hostVisible`. */
export interface VisibleTensor extends Tensor {
  readonly dtype: DType;
  /** The values in row-major order, live. Not to be used once the tensor is disposed, since its buffer then serves another. */
  readonly values: FloatArray;
}

/** gamma and beta by channel; null stands for 1 and 0. */
export interface Affine<T> {
  readonly weight: T | null;
  readonly bias: T | null;
}

/** A mean and a variance by channel. */
export interface Statistics<T> {
  readonly mean: T;
  readonly variance: T;
}

/** Values, and which of them share a mean. */
export interface Batch<T> {
  readonly x: T;
  readonly view: View;
}

/** All that a forward pass is a function of, besides its statistics. What passes may be given later has its place here. */
export interface Pass<T> extends Batch<T>, Affine<T> {
  readonly eps: number;
  /** applied to y in the same pass; backward masks by it again, from x: ReLU stops dy where z <= 0, not where z is NaN */
  readonly activation: Activation;
}

/** The moments of a batch or shard by channel: count, mean, sum of squared deviations. Opaque: each backend has its own. */
export interface Moments {
  /** the number of values per channel */
  readonly count: number;
  /**
   * `[count, means..., their low parts..., sums of squared deviations...]`: a mean is the sum of its two parts, the low one
   * what float64 has no room for in the other, or 0.
   */
  export(): Promise<Float64Array>;
  dispose(): void;
}

/** The two sums of the backward pass by channel, sum dy and sum dy (x - mean). Opaque as well. */
export interface GradientSums {
  /** `[sums of dy..., sums of dy (x - mean)...]` */
  export(): Promise<Float64Array>;
  dispose(): void;
}

/** Where mean and variance of a pass come from: this decides its gradient. */
export type Source<T> = Moments | Statistics<T>;

export interface BackwardOptions<T> {
  /** what to compute: dx, and the gradients of the parameters that there are */
  readonly needs: { readonly dx: boolean; readonly affine: boolean };
  /** receives dx, where that is needed */
  readonly out: T | null;
  /** behind moments: those of the whole batch, of which this is a shard; null: those of dy and x */
  readonly sums: GradientSums | null;
}

/** null: not asked for, or no such parameter. */
export interface Gradients<T> {
  readonly dx: T | null;
  readonly dweight: T | null;
  readonly dbias: T | null;
}

export interface Capabilities {
  readonly dtypes: readonly DType[];
  /** whether tensors lie in host memory and have `values`, see `VisibleTensor` */
  readonly hostVisible: boolean;
  /** how many compute */
  readonly threads: number;
  /** why there is one thread though the engine could have more, and what to do */
  readonly whyOneThread?: string;
}

/** What a backend holds. In a loop that disposes what it makes both numbers stay the same after the first round. */
export interface Memory {
  /**
   * buffers held by tensors, states, moments and gradient sums that were not disposed; a buffer that several handles
   * share may count once or for each of them
   */
  readonly liveBuffers: number;
  /** bytes kept for use again; 0 where the engine keeps none, or does not tell */
  readonly pooledBytes: number;
}

export interface Backend<T extends Tensor = Tensor> {
  readonly name: string;
  readonly capabilities: Capabilities;

  /** A tensor of a copy of the values. */
  tensor(values: Values, shape: readonly number[], dtype?: DType): T;
  /** A tensor that can be written and that outlives the engine's scopes. */
  state(values: Values, shape: readonly number[], dtype?: DType): T;
  /** state = from */
  assign(state: T, from: T): void;
  /** state += a x */
  axpy(a: number, x: T, state: T): void;
  /** A handle on the present values: it survives scopes, its owner's dispose and, for a state, later writes. */
  retain(x: T): T;

  /** y by the batch's own moments, and those. */
  train(pass: Pass<T>, out: T | null): { y: T; moments: Moments };
  /** y by given moments or statistics. */
  apply(pass: Pass<T>, source: Source<T>, out: T | null): T;
  /** The gradients of either. With sums those of the parameters are those of the sums given. */
  backward(pass: Pass<T>, source: Source<T>, dy: T, o: BackwardOptions<T>): Gradients<T>;

  /** The moments of a shard. */
  moments(batch: Batch<T>): Moments;
  /** The sums of a shard, about the mean of the whole. */
  gradientSums(pass: Pass<T>, moments: Moments, dy: T): GradientSums;
  /**
   * Those of the whole, from its parts in any order: moments, or gradient sums. A mean that is not finite is that of the
   * whole's values too: an infinity where those of the parts share its sign, else NaN; the sum of squared deviations is NaN
   * then.
   */
  merge<Part extends Moments | GradientSums>(parts: readonly Part[]): Part;
  importMoments(values: Float64Array): Moments;
  importGradientSums(values: Float64Array): GradientSums;

  /**
   *     mean     += weight (batch mean - mean)
   *     variance += weight (M2 / (count - correction) - variance)
   *
   * Both or neither. The last step of a forward pass, after all that can fail. Moments of no values move nothing; it
   * throws where count - correction is 0, which leaves nothing to divide by.
   */
  move(running: Statistics<T>, moments: Moments, weight: number, correction: 0 | 1): void;

  /** Resolves when everything asked for so far is done; rejects with what failed late. */
  sync(): Promise<void>;
  /** What is held now: leaks show in it. Never waits for a device. */
  memory(): Memory;
  close?(): void;
  /**
   * Whether the engine's own optimizers may write a state, which they may at first. Only on engines that have optimizers
   * which look for states to move.
   */
  setTrainable?(state: T, trainable: boolean): void;
}

/** Whether mean and variance come from moments, a batch's own or merged: what has a `count`. Else they are constants. */
export function isMoments<S extends Source<never> | Source<Tensor>>(source: S): source is Extract<S, Moments> {
  return "count" in source;
}
