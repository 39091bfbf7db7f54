import {
  type Activation,
  type Affine,
  type Backend,
  checkActivation,
  checkEps,
  checkFlag,
  checkLayout,
  checkMomentum,
  checkOptionNames,
  checkTrainingEps,
  defaultEps,
  defaultMomentum,
  type From,
  type Gradients,
  type Layout,
  OptionError,
  type Statistics,
  type Tensor,
  type View,
} from "@batchnorm/core";
import { disposeOnError, type Held } from "./held.js";
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
  return normalized(backend, x, options, insteadOfBatch.function);
}

/** `batchNorm`, with what it advises where batch statistics are refused. */
export function normalized<T extends Tensor>(
  backend: Backend<T>,
  x: T,
  options: BatchNormOptions<T>,
  instead: string,
): FunctionalCall<T> {
  checkBackend(backend);
  const settings = settle(options);
  checkTensor(backend, x, "x");
  const view = viewOf(x.shape, settings.layout);
  if (settings.training) {
    checkBatchStatistics(view, x.shape, instead);
    checkTrainingEps(settings.eps);
  }
  const { weight, bias, runningMean, runningVar } = options;
  checkPerChannel(backend, { weight, bias, runningMean, runningVar }, view);
  return startCall(backend, x, view, settings);
}

interface Settings<T> {
  readonly running: Statistics<T> | null;
  readonly affine: Affine<T>;
  readonly training: boolean;
  readonly momentum: number;
  readonly eps: number;
  readonly layout: Layout;
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

function settle<T extends Tensor>(o: BatchNormOptions<T>): Settings<T> {
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
  const affine = { weight: o.weight ?? null, bias: o.bias ?? null };
  return { running, affine, training, momentum, eps, layout, activation, out: o.out ?? null };
}

function runningOf<T extends Tensor>({ runningMean, runningVar }: BatchNormOptions<T>): Statistics<T> | null {
  if (runningMean && runningVar) return { mean: runningMean, variance: runningVar };
  if (!runningMean && !runningVar) return null;
  throw new OptionError(
    `expected runningMean and runningVar together, got only ${runningMean ? "runningMean" : "runningVar"}`,
  );
}

function startCall<T extends Tensor>(backend: Backend<T>, x: T, view: View, s: Settings<T>): FunctionalCall<T> {
  return disposeOnError((held) => {
    const retain = (t: T | null) => (t === null ? null : held.add(backend.retain(t)));
    const kept = held.add(backend.retain(x));
    const affine = { weight: retain(s.affine.weight), bias: retain(s.affine.bias) };
    if (!s.training) {
      const running = s.running as Statistics<T>;
      const statistics = {
        mean: held.add(backend.retain(running.mean)),
        variance: held.add(backend.retain(running.variance)),
      };
      checkVariances(backend, statistics.variance, s.eps);
      const y = backend.infer(x, view, statistics, affine, s);
      return new LiveCall(backend, y, kept, view, { statistics }, affine, s, held);
    }
    if (s.running !== null) {
      backend.checkState(s.running.mean);
      backend.checkState(s.running.variance);
    }
    const { y, moments } = backend.train(x, view, affine, s);
    held.add(moments);
    if (y !== s.out) held.add(y);
    if (s.running !== null) backend.move(s.running, moments, s.momentum, 1);
    held.release(y);
    return new LiveCall(backend, y, kept, view, { moments }, affine, s, held);
  });
}

class LiveCall<T extends Tensor> implements FunctionalCall<T> {
  readonly y: T;
  readonly #backend: Backend<T>;
  readonly #x: T;
  readonly #view: View;
  readonly #from: From<T>;
  readonly #affine: Affine<T>;
  readonly #eps: number;
  readonly #activation: Activation;
  #held: Held | null;

  constructor(
    backend: Backend<T>,
    y: T,
    x: T,
    view: View,
    from: From<T>,
    affine: Affine<T>,
    { eps, activation }: Settings<T>,
    held: Held,
  ) {
    this.y = y;
    this.#backend = backend;
    this.#x = x;
    this.#view = view;
    this.#from = from;
    this.#affine = affine;
    this.#eps = eps;
    this.#activation = activation;
    this.#held = held;
  }

  backward(dy: T, options: BackwardOptions<T> = {}): Gradients<T> {
    checkLive(this.#held === null);
    checkGradient(this.#backend, dy, this.#x);
    const { out, needs } = settleBackward(options);
    return this.#backend.backward(dy, this.#x, this.#view, this.#from, this.#affine, {
      eps: this.#eps,
      activation: this.#activation,
      out,
      needs,
    });
  }

  dispose(): void {
    this.#held?.dispose();
    this.#held = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The options of a backward pass with every default filled in. @throws OptionError for unknown ones and flags that are none */
export function settleBackward<T extends Tensor>(options: BackwardOptions<T>) {
  checkOptionNames(options, ["out", "needs"], "backward");
  const { out = null, needs = {} } = options;
  checkOptionNames(needs, ["dx", "affine"], "needs of backward");
  const { dx = true, affine = true } = needs;
  checkFlag("needs.dx", dx);
  checkFlag("needs.affine", affine);
  return { out, needs: { dx, affine } };
}
