/**
 * The contract between layers and backends.
 *
 * A layer knows shapes, modes, parameters and running statistics, but not which backend it runs on. A backend
 * knows views, not ranks or layouts: every tensor that it is given for work comes with its
 * `{ outer, channels, inner }`. No option is optional here and no default lives in a backend: layers fill them.
 *
 * Ownership. Inputs are never disposed or written. Results belong to the caller. Only states are ever written,
 * by `assign`, `axpy` and `move`. `retain` gives a handle of its own on present values. A disposed buffer may be
 * used again by the backend. `out`, where given, receives the result and is returned; it may alias `dy`, no
 * other input, and is no state.
 *
 * Empty batches. A tensor without elements is a batch like any other: an empty result, moments of count 0, gradients
 * of zeros for the parameters.
 *
 * Failure. An operation that throws has changed no state and kept no buffer; only an `out` that it had accepted may hold
 * anything. What does not fit is refused: a view of another number of elements than its tensor, a dy of another size than
 * x, a parameter, statistic, moments or gradient sums of other channels. Backends on engines that report late may throw
 * in `sync` and `data` instead.
 *
 * Fused operations (`train`, `backward`) and the pieces beside them (`moments`, `merge`, `normalize`,
 * `gradientSums`, `gradients`) share their kernels; the pieces exist so that statistics can be merged over
 * shards, workers and machines: export, send, import, merge, go on.
 *
 * Only `data`, `exportMoments`, `exportGradientSums` and `sync` are asynchronous, so that nothing else ever waits
 * for a device.
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

/** gamma and beta by channel; null stands for 1 and 0. */
export interface Affine<T> {
  readonly weight: T | null;
  readonly bias: T | null;
}

/** A mean and a variance by channel, as states. */
export interface Statistics<T> {
  readonly mean: T;
  readonly variance: T;
}

/** The moments of a batch or shard by channel: count, mean, sum of squared deviations. Opaque: each backend has its own. */
export interface Moments {
  /** the number of values per channel */
  readonly count: number;
  dispose(): void;
}

/** The two sums of the backward pass by channel, sum dy and sum dy (x - mean). Opaque as well. */
export interface GradientSums {
  dispose(): void;
}

/** Where the statistics of a forward pass came from: this decides its gradient. */
export type From<T> = { readonly moments: Moments } | { readonly statistics: Statistics<T> };

export interface ForwardOptions<T> {
  readonly eps: number;
  /** applied to y in the same pass; backward masks by it again, from x: ReLU stops dy where z <= 0, not where z is NaN */
  readonly activation: Activation;
  readonly out: T | null;
}

export interface BackwardOptions<T> extends ForwardOptions<T> {
  /** what to compute: dx, and the gradients of the parameters that there are */
  readonly needs: { readonly dx: boolean; readonly affine: boolean };
}

/** null: not asked for, or no such parameter. */
export interface Gradients<T> {
  readonly dx: T | null;
  readonly dweight: T | null;
  readonly dbias: T | null;
}

export interface Capabilities {
  readonly dtypes: readonly DType[];
  /** whether tensors lie in host memory and have `values` */
  readonly hostVisible: boolean;
  readonly threads: number;
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
  /** Throws unless x is a live state of this backend: asked before work that ends in writing it. */
  checkState(x: T): void;
  /** to = from, of the same shape */
  assign(to: T, from: T): void;
  /** state += a x, of the same shape */
  axpy(a: number, x: T, state: T): void;
  /**
   * Whether the engine's own optimizers may write a state, which they may at first. Only on engines that have optimizers
   * which look for states to move.
   */
  setTrainable?(state: T, trainable: boolean): void;
  /** A handle on the present values: it survives scopes, its owner's dispose and, for a state, later writes. */
  retain(x: T): T;

  /** y by the batch's own statistics, and those. */
  train(x: T, view: View, p: Affine<T>, o: ForwardOptions<T>): { y: T; moments: Moments };
  /** y by given statistics. */
  infer(x: T, view: View, statistics: Statistics<T>, p: Affine<T>, o: ForwardOptions<T>): T;
  /** The gradients of either. */
  backward(dy: T, x: T, view: View, from: From<T>, p: Affine<T>, o: BackwardOptions<T>): Gradients<T>;

  /** The moments of a shard. */
  moments(x: T, view: View): Moments;
  /**
   * Of the whole, from its parts in any order. A mean that is not finite is that of the whole's values too: an infinity
   * where those of the parts share its sign, else NaN; the sum of squared deviations is NaN then.
   */
  merge(parts: readonly Moments[]): Moments;
  /**
   * `[count, means..., their low parts..., sums of squared deviations...]`: a mean is the sum of its two parts, the low one
   * what float64 has no room for in the other, or 0.
   */
  exportMoments(moments: Moments): Promise<Float64Array>;
  /** Refuses what no export gives: another length, another kind of array, a count that is no whole number from 0 on. */
  importMoments(values: Float64Array): Moments;
  /** y of a shard by the moments of the whole. */
  normalize(x: T, view: View, moments: Moments, p: Affine<T>, o: ForwardOptions<T>): T;

  /** The sums of a shard, about the mean of the whole. */
  gradientSums(dy: T, x: T, view: View, moments: Moments, p: Affine<T>, o: BackwardOptions<T>): GradientSums;
  /** Added up, in any order. */
  mergeGradientSums(parts: readonly GradientSums[]): GradientSums;
  /** `[sums of dy..., sums of dy (x - mean)...]` */
  exportGradientSums(sums: GradientSums): Promise<Float64Array>;
  /** Refuses what no export gives: another length, another kind of array. */
  importGradientSums(values: Float64Array): GradientSums;
  /** The gradients of a shard by the moments and sums of the whole; parameter gradients are those of the sums given. */
  gradients(
    dy: T,
    x: T,
    view: View,
    moments: Moments,
    sums: GradientSums,
    p: Affine<T>,
    o: BackwardOptions<T>,
  ): Gradients<T>;

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
}
