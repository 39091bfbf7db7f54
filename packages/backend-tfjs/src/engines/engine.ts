import type { Activation, Affine, BackwardOptions, Gradients, Statistics, View } from "@batchnorm/core";
import type { Disposable } from "../per-channel.js";
import type { Tensor } from "../tensor-flow.js";

/** What a pass over the data is asked for, besides the data. */
export interface PassOptions {
  readonly eps: number;
  readonly activation: Activation;
}

export interface GradientOptions extends PassOptions {
  readonly needs: BackwardOptions<Tensor>["needs"];
}

/** Moments with the number of values per channel that they are of. */
export interface Counted<M> {
  readonly content: M;
  readonly count: number;
}

/**
 * How batch normalization is computed on one kind of engine. Tensors that it is given have been checked; it disposes
 * what it makes on its way, and keeps moments and sums (`tf.keep`) until they are disposed. x, dy and results have the
 * shape of x; the view says where its channels are.
 *
 * @typeParam M what it knows of a batch's moments
 * @typeParam S what it knows of the two sums of the backward pass
 */
export interface Engine<M extends Disposable = Disposable, S extends Disposable = Disposable> {
  /** Why its gradients cannot be differentiated again; null: TensorFlow.js's own operations may stand in for its kernels then. */
  readonly differentiatesOnce: string | null;

  /** y by the batch's moments, and those. */
  train(x: Tensor, view: View, p: Affine<Tensor>, o: PassOptions): { y: Tensor; moments: M };
  /** y by given statistics. */
  infer(x: Tensor, view: View, statistics: Statistics<Tensor>, p: Affine<Tensor>, o: PassOptions): Tensor;
  backwardOfTraining(
    dy: Tensor,
    x: Tensor,
    view: View,
    moments: Counted<M>,
    p: Affine<Tensor>,
    o: GradientOptions,
  ): Gradients<Tensor>;
  backwardOfInference(
    dy: Tensor,
    x: Tensor,
    view: View,
    statistics: Statistics<Tensor>,
    p: Affine<Tensor>,
    o: GradientOptions,
  ): Gradients<Tensor>;

  moments(x: Tensor, view: View): M;
  merge(parts: readonly Counted<M>[], count: number, channels: number): M;
  exportMoments(moments: Counted<M>): Promise<Float64Array>;
  importMoments(values: Float64Array, channels: number): M;
  normalize(x: Tensor, view: View, moments: Counted<M>, p: Affine<Tensor>, o: PassOptions): Tensor;

  gradientSums(dy: Tensor, x: Tensor, view: View, moments: Counted<M>, p: Affine<Tensor>, o: PassOptions): S;
  mergeGradientSums(parts: readonly S[], channels: number): S;
  exportGradientSums(sums: S): Promise<Float64Array>;
  importGradientSums(values: Float64Array, channels: number): S;
  gradients(
    dy: Tensor,
    x: Tensor,
    view: View,
    moments: Counted<M>,
    sums: S,
    p: Affine<Tensor>,
    o: GradientOptions,
  ): Gradients<Tensor>;

  /** What running statistics become; the caller assigns and disposes it. */
  moved(running: Statistics<Tensor>, moments: Counted<M>, weight: number, correction: 0 | 1): Statistics<Tensor>;

  /** The tensors of moments that a gradient needs later; null: it computes moments again. */
  saved(moments: M): Tensor[] | null;
  /** Moments of what `saved` gave, or of x; `dispose` leaves the tensors alone. */
  restored(saved: readonly Tensor[], x: Tensor, view: View): M;
}
