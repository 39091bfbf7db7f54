import {
  type Activation,
  type Affine,
  type Backend,
  type BackwardOptions as CoreBackwardOptions,
  defaultEps,
  defaultMomentum,
  type Gradients,
  isMoments,
  type Layout,
  OptionError,
  type Pass,
  type Source,
  type Statistics,
  type Tensor,
  type View,
} from "@batchnorm/core";
import {
  checkActivation,
  checkEps,
  checkFlag,
  checkLayout,
  checkMomentum,
  checkOptionNames,
} from "@batchnorm/core/checks";
import {
  checkBackend,
  checkBatchStatistics,
  checkGradient,
  checkLive,
  checkPerChannel,
  checkTensor,
  insteadOfBatch,
  viewOf,
} from "./inputs.js";
import { checkVariances } from "./variances.js";

/** Options of `batchNorm`. Tensors by channel have shape (C). */
export interface BatchNormOptions<T extends Tensor> {
  /** states; moved in training, used in inference. Both or neither. */
  readonly runningMean?: T | null;
  readonly runningVar?: T | null;
  /** gamma; null: 1 */
  readonly weight?: T | null;
  /** beta; null: 0 */
  readonly bias?: T | null;
  /** true: normalize by the batch's statistics; false, the default: by the running ones */
  readonly training?: boolean;
  /** the weight of the new value in the running statistics, from 0 to 1; 0.1 by default */
  readonly momentum?: number;
  /** added to the variance; 1e-5 by default */
  readonly eps?: number;
  /** where the channels stand; "channels-first" by default */
  readonly layout?: Layout;
  /** "relu": y = max(0, z) in the same pass, and dy counts as 0 where z <= 0; null by default */
  readonly activation?: Activation;
  /** receives y; must not be x */
  readonly out?: T | null;
}

/** Options of a backward pass. */
export interface BackwardOptions<T extends Tensor> {
  /** receives dx; may be dy */
  readonly out?: T | null;
  /** what to compute; everything by default */
  readonly needs?: { readonly dx?: boolean; readonly affine?: boolean };
}

/** A forward pass that can be differentiated, on its own: any number may be in flight. */
export interface FunctionalCall<T extends Tensor> {
  /** the result; belongs to the caller */
  readonly y: T;
  /**
   * The gradients of this forward pass, in the mode that it ran in, by the values that it used. They belong to the
   * caller.
   *
   * @param dy the gradient of the loss by y, of the shape and type of x
   * @throws ShapeError, DTypeError, TensorError for a dy that does not fit; CallError after dispose
   */
  backward(dy: T, options?: BackwardOptions<T>): Gradients<T>;
  /** Lets go of x and what else backward needs. y stays. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Batch normalization as a function, for those who hold their own state: PyTorch's `F.batch_norm`.
 *
 *     y = (x - mean) / sqrt(variance + eps) * weight + bias
 *
 * Training: mean and (biased) variance are those of each channel over the batch and all positions, and the running
 * statistics, where given, move last, after all that can fail:
 *
 *     runningMean = (1 - momentum) runningMean + momentum mean
 *     runningVar  = (1 - momentum) runningVar  + momentum variance m / (m - 1)
 *
 * Inference: mean and variance are the running ones. A variance slightly below 0, as models trained by Caffe have, is
 * fine while variance + eps is above 0. At 0 and below it is refused where the backend's tensors lie in host memory; other
 * engines, which would have to wait for the numbers, give NaN or infinities in that channel.
 *
 * An empty batch gives an empty result and moves nothing.
 *
 * Shapes: x is `(N, C, ...)` or, channels-last, `(N, ..., C)`, of any rank from 2 on; y as x; all others (C).
 * Source: Ioffe and Szegedy 2015, Algorithms 1 and 2.
 *
 * @throws OptionError for options out of range, and for inference without running statistics or, where they can be seen,
 *   by a variance of -eps or less
 * @throws ShapeError for a rank below 2 and, in training, for a single value per channel
 * @throws DTypeError for a type that the backend does not compute in
 * @throws TensorError for tensors that are disposed or another backend's, an `out` that is x or a state, and running
 *   statistics that are no states
 */
export function batchNorm<T extends Tensor>(
  backend: Backend<T>,
  x: T,
  options: BatchNormOptions<T> = {},
): FunctionalCall<T> {
  checkBackend(backend);
  const settings = resolveOptions(options);
  checkTensor(backend, x, "x");
  const view = viewOf(x.shape, settings.layout);
  if (settings.training) checkBatchStatistics(view, x.shape, settings.eps, insteadOfBatch.function);
  const { weight, bias, runningMean, runningVar } = options;
  checkPerChannel(backend, { weight, bias, runningMean, runningVar }, view);
  if (settings.training && settings.running !== null && settings.out !== null) {
    checkMoves(backend, settings.running, view);
  }
  return new LiveCall(backend, x, view, settings);
}

/** Refuses running statistics that cannot be moved before `out` is written: by moments of no values nothing moves. */
function checkMoves<T extends Tensor>(backend: Backend<T>, running: Statistics<T>, { channels }: View): void {
  const none = backend.importMoments(new Float64Array(1 + 3 * channels));
  try {
    backend.move(running, none, 0, 0);
  } finally {
    none.dispose();
  }
}

/** What a forward pass is asked for, with every default filled in. */
export interface Settings<T extends Tensor> extends Affine<T> {
  readonly running: Statistics<T> | null;
  /** whether statistics are the batch's own */
  readonly training: boolean;
  readonly momentum: number;
  readonly eps: number;
  readonly activation: Activation;
  readonly out: T | null;
}

const optionNames: readonly (keyof BatchNormOptions<Tensor>)[] = [
  "runningMean",
  "runningVar",
  "weight",
  "bias",
  "training",
  "momentum",
  "eps",
  "layout",
  "activation",
  "out",
];

function resolveOptions<T extends Tensor>(o: BatchNormOptions<T>): Settings<T> & { readonly layout: Layout } {
  checkOptionNames(o, optionNames, "batchNorm");
  const {
    training = false,
    momentum = defaultMomentum,
    eps = defaultEps,
    layout = "channels-first",
    activation = null,
  } = o;
  checkFlag("training", training);
  checkMomentum(momentum, false);
  checkEps(eps);
  checkLayout(layout);
  checkActivation(activation);
  const running = runningOf(o);
  if (!training && running === null) {
    throw new OptionError("expected runningMean and runningVar when training is false; give both, or training: true");
  }
  const { weight = null, bias = null, out = null } = o;
  return { running, weight, bias, training, momentum, eps, layout, activation, out };
}

function runningOf<T extends Tensor>({ runningMean, runningVar }: BatchNormOptions<T>): Statistics<T> | null {
  if (runningMean && runningVar) return { mean: runningMean, variance: runningVar };
  if (!runningMean && !runningVar) return null;
  throw new OptionError(
    `expected runningMean and runningVar together, got only ${runningMean ? "runningMean" : "runningVar"}`,
  );
}

/** A forward pass, computed when it is made; what it is given was checked before. */
export class LiveCall<T extends Tensor> implements FunctionalCall<T> {
  readonly y: T;
  readonly #backend: Backend<T>;
  /** on handles of its own; null once it was disposed */
  #pass: Pass<T> | null;
  readonly #source: Source<T>;

  constructor(backend: Backend<T>, x: T, view: View, s: Settings<T>) {
    const pass = retained(backend, x, view, s);
    try {
      const { y, source } = s.training ? trained(backend, pass, s) : inferred(backend, pass, s);
      this.y = y;
      this.#source = source;
    } catch (error) {
      disposePass(pass);
      throw error;
    }
    this.#backend = backend;
    this.#pass = pass;
  }

  backward(dy: T, options?: BackwardOptions<T>): Gradients<T> {
    checkLive(this.#pass);
    return this.differentiate(dy, resolveBackwardOptions(options));
  }

  /** `backward` with resolved options. */
  differentiate(dy: T, options: CoreBackwardOptions<T>): Gradients<T> {
    const pass = checkLive(this.#pass);
    checkGradient(this.#backend, dy, pass.x);
    return this.#backend.backward(pass, this.#source, dy, options);
  }

  dispose(): void {
    if (this.#pass === null) return;
    disposePass(this.#pass);
    this.#pass = null;
    disposeSource(this.#source);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** y and what it was normalized by. */
interface Normalized<T extends Tensor> {
  readonly y: T;
  readonly source: Source<T>;
}

function retained<T extends Tensor>(backend: Backend<T>, x: T, view: View, s: Settings<T>): Pass<T> {
  const { eps, activation } = s;
  const kept = backend.retain(x);
  let weight: T | null = null;
  try {
    weight = s.weight === null ? null : backend.retain(s.weight);
    const bias = s.bias === null ? null : backend.retain(s.bias);
    return { x: kept, view, weight, bias, eps, activation };
  } catch (error) {
    kept.dispose();
    weight?.dispose();
    throw error;
  }
}

function trained<T extends Tensor>(backend: Backend<T>, pass: Pass<T>, s: Settings<T>): Normalized<T> {
  const { y, moments } = backend.train(pass, s.out);
  try {
    if (s.running !== null) backend.move(s.running, moments, s.momentum, 1);
    return { y, source: moments };
  } catch (error) {
    moments.dispose();
    if (y !== s.out) y.dispose();
    throw error;
  }
}

function inferred<T extends Tensor>(backend: Backend<T>, pass: Pass<T>, s: Settings<T>): Normalized<T> {
  const running = s.running as Statistics<T>;
  const mean = backend.retain(running.mean);
  let variance: T | null = null;
  try {
    variance = backend.retain(running.variance);
    checkVariances(backend, variance, pass.eps);
    const source = { mean, variance };
    return { y: backend.apply(pass, source, s.out), source };
  } catch (error) {
    mean.dispose();
    variance?.dispose();
    throw error;
  }
}

function disposePass<T extends Tensor>({ x, weight, bias }: Pass<T>): void {
  x.dispose();
  weight?.dispose();
  bias?.dispose();
}

function disposeSource<T extends Tensor>(source: Source<T>): void {
  if (isMoments(source)) source.dispose();
  else for (const one of [source.mean, source.variance]) one.dispose();
}

/** The options of a backward pass with every default filled in. @throws OptionError for unknown ones and flags that are none */
export function resolveBackwardOptions<T extends Tensor>(options?: BackwardOptions<T>): CoreBackwardOptions<T> {
  if (options === undefined) return { out: null, needs: all, sums: null };
  checkOptionNames(options, ["out", "needs"], "backward");
  const { out = null, needs = {} } = options;
  checkOptionNames(needs, ["dx", "affine"], "needs of backward");
  const { dx = true, affine = true } = needs;
  checkFlag("needs.dx", dx);
  checkFlag("needs.affine", affine);
  return { out, needs: { dx, affine }, sums: null };
}

const all = { dx: true, affine: true };
