import type { BackwardOptions, Batch, Gradients, Pass, Statistics } from "@batchnorm/core";
import type { Disposable } from "../per-channel.js";
import type { Tensor } from "../tfjs.js";

export type TensorPass = Pass<Tensor>;

export type Needs = BackwardOptions<Tensor>["needs"];

/** Moments with the number of values per channel that they are of. */
export interface Counted<M> {
  readonly content: M;
  readonly count: number;
}

/** What a gradient in training rests on besides the pass. */
export interface TrainingTerms<M, S> {
  readonly moments: Counted<M>;
  /** of a whole, of which the pass is a shard; null: those of the pass, to be made */
  readonly sums: S | null;
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
  train(pass: TensorPass): { y: Tensor; moments: M };
  /** y by given statistics. */
  infer(pass: TensorPass, statistics: Statistics<Tensor>): Tensor;
  /** y by given moments. */
  normalize(pass: TensorPass, moments: Counted<M>): Tensor;
  backwardOfTraining(pass: TensorPass, terms: TrainingTerms<M, S>, dy: Tensor, needs: Needs): Gradients<Tensor>;
  backwardOfInference(pass: TensorPass, statistics: Statistics<Tensor>, dy: Tensor, needs: Needs): Gradients<Tensor>;

  moments(batch: Batch<Tensor>): M;
  merge(parts: readonly Counted<M>[], count: number, channels: number): M;
  exportMoments(moments: Counted<M>): Promise<Float64Array>;
  importMoments(values: Float64Array, channels: number): M;

  gradientSums(pass: TensorPass, moments: Counted<M>, dy: Tensor): S;
  mergeGradientSums(parts: readonly S[], channels: number): S;
  exportGradientSums(sums: S): Promise<Float64Array>;
  importGradientSums(values: Float64Array, channels: number): S;

  /** What running statistics become; the caller assigns and disposes it. */
  moved(running: Statistics<Tensor>, moments: Counted<M>, weight: number, correction: 0 | 1): Statistics<Tensor>;

  /** The tensors of moments that a gradient needs later; null: it computes moments again. */
  saved(moments: M): Tensor[] | null;
  /** Moments of what `saved` gave, or of x; `dispose` leaves the tensors alone. */
  restored(saved: readonly Tensor[], batch: Batch<Tensor>): M;
}
