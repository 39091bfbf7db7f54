import {
  type Activation,
  type Backend,
  CallError,
  type DType,
  DTypeError,
  defaultEps,
  defaultMomentum,
  type Gradients,
  type Layout,
  OptionError,
  type Statistics,
  type Tensor,
  TensorError,
  type Values,
  type View,
} from "@batchnorm/core";
import {
  checkActivation,
  checkEps,
  checkFlag,
  checkLayout,
  checkMomentum,
  checkOptionNames,
  checkShape,
  describe,
  sameShape,
} from "@batchnorm/core/checks";
import { DisposableStack } from "@batchnorm/core/disposable-stack";
import { asFields } from "./fields.js";
import { type BackwardOptions, LiveCall } from "./functional.js";
import {
  checkBackend,
  checkBatchStatistics,
  checkChannels,
  checkRank,
  checkTensor,
  insteadOfBatch,
  viewOf,
} from "./inputs.js";
import { type Accumulator, type Call, LayerCall } from "./layer-call.js";
import { type MutableParameter, type Parameter, ReadonlyParameter } from "./parameter.js";
import { pythonBool, pythonNumber } from "./python-format.js";
import { checkStateDict, countOf, type KeyReport, type LoadableStateDict, type StateDict } from "./state-dict.js";
import { fill, transaction } from "./transaction.js";

/** Options of `BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d`. */
export interface LayerOptions {
  /** epsilon, added to the variance under the root; finite, >= 0, and > 0 wherever batch statistics are used; 1e-5 by default */
  readonly eps?: number;
  /** the weight of the new value in the running statistics, 0 to 1; null: the cumulative average; 0.1 by default */
  readonly momentum?: number | null;
  /** whether there are parameters gamma and beta; true by default */
  readonly affine?: boolean;
  /** whether, with `affine`, there is a beta; true by default */
  readonly bias?: boolean;
  /** false: batch statistics in eval as well; true by default */
  readonly trackRunningStats?: boolean;
  /** where the channels stand; "channels-first" by default */
  readonly layout?: Layout;
  /** "relu": fused behind scale and shift; null by default */
  readonly activation?: Activation;
  /** the type of parameters and statistics, whatever that of the inputs; "float32" by default */
  readonly dtype?: DType;
}

/** Options of a forward pass. */
export interface ForwardOptions<T extends Tensor> {
  /** receives y; must not be x */
  readonly out?: T | null;
}

/** What is fixed when a layer is made. */
interface Fixed<T extends Tensor> extends Required<Omit<LayerOptions, "bias">> {
  readonly numFeatures: number;
  readonly weight: Parameter<T> | null;
  readonly bias: Parameter<T> | null;
  readonly runningMean: T | null;
  readonly runningVar: T | null;
}

const fixed = "is fixed when the layer is made; make another layer";
const reloaded = `${fixed} and load this one's stateDict()`;

/** How the fields of a layer come by their values, none of them by assignment. */
const rules: Readonly<Record<keyof Fixed<Tensor> | "training" | "frozen" | "numBatchesTracked", string>> = {
  numFeatures: fixed,
  eps: reloaded,
  momentum: reloaded,
  affine: `${reloaded} with { strict: false }`,
  trackRunningStats: `${reloaded} with { strict: false }`,
  layout: reloaded,
  activation: reloaded,
  dtype: reloaded,
  weight: "belongs to the layer; loadStateDict({ weight }, { strict: false }) writes its values",
  bias: "belongs to the layer; loadStateDict({ bias }, { strict: false }) writes its values",
  runningMean: "belongs to the layer; loadStateDict({ running_mean }, { strict: false }) writes its values",
  runningVar: "belongs to the layer; loadStateDict({ running_var }, { strict: false }) writes its values",
  numBatchesTracked: "counts batches; loadStateDict({ num_batches_tracked }, { strict: false }) sets it",
  training: "is set by train() and eval()",
  frozen: "is set by freeze() and unfreeze()",
};

/**
 * Batch normalization with parameters and running statistics; what `BatchNorm1d`, `BatchNorm2d` and
 * `BatchNorm3d` share. Semantics are PyTorch 2's.
 *
 *     y = (x - mean) / sqrt(variance + eps) * weight + bias
 *
 * by channel; see `batchNorm` for mean and variance, and for how the running statistics move.
 *
 * Ownership: inputs are never disposed or written; results belong to the caller; a call keeps its x until it is
 * disposed, the one behind `forward` until the next `forward` or `dispose()`.
 *
 * Source: Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
 * Covariate Shift", ICML 2015.
 */
export abstract class BatchNorm<T extends Tensor = Tensor> {
  /** the name of the layer in messages and `toString`; a bundler may rename the class itself */
  protected abstract readonly kind: string;
  protected abstract readonly ranks: readonly number[];
  /** the shapes that the layer takes, in words, by layout */
  protected abstract readonly takes: Readonly<Record<Layout, string>>;

  readonly #backend: Backend<T>;
  readonly #states = new DisposableStack();
  readonly #fixed: Fixed<T>;
  readonly #parameters: readonly MutableParameter<T>[];
  readonly #running: Statistics<T> | null;
  readonly #accumulator: Accumulator<T>;
  #seen: { readonly shape: readonly number[]; readonly view: View } | null = null;
  #numBatchesTracked = 0;
  #training = true;
  #frozen = false;
  #last: LayerCall<T> | null = null;
  #disposed = false;

  /**
   * @param backend from createCpuBackend() or another factory
   * @param numFeatures C, the number of channels
   * @throws OptionError, DTypeError for options out of range
   */
  constructor(backend: Backend<T>, numFeatures: number, options: LayerOptions = {}) {
    const { bias, ...o } = resolveOptions(backend, numFeatures, options);
    this.#backend = backend;
    const trainable = (value: number) =>
      this.#states.use(backend.state(new Float32Array(numFeatures).fill(value), [numFeatures], o.dtype));
    const of = (value: number) => {
      const state = trainable(value);
      backend.setTrainable?.(state, false);
      return state;
    };
    const parameter = (name: "weight" | "bias", value: number) => ({
      name,
      value: trainable(value),
      grad: of(0),
      requiresGrad: true,
    });
    const makeStates = () => ({
      weight: o.affine ? parameter("weight", 1) : null,
      bias: o.affine && bias ? parameter("bias", 0) : null,
      runningMean: o.trackRunningStats ? of(0) : null,
      runningVar: o.trackRunningStats ? of(1) : null,
    });
    let states: ReturnType<typeof makeStates>;
    try {
      states = makeStates();
    } catch (error) {
      this.#states.dispose();
      throw error;
    }
    const readonly = (one: MutableParameter<T> | null) => (one === null ? null : new ReadonlyParameter(one));
    this.#fixed = { ...o, numFeatures, ...states, weight: readonly(states.weight), bias: readonly(states.bias) };
    this.#parameters = [states.weight, states.bias].filter((parameter) => parameter !== null);
    const { runningMean: mean, runningVar: variance } = states;
    this.#running = mean === null || variance === null ? null : { mean, variance };
    this.#accumulator = {
      checkLive: () => this.#checkLive(),
      needsAffine: () => this.#parameters.some((parameter) => parameter.requiresGrad),
      accumulate: (gradients) => this.#accumulate(gradients),
    };
  }

  get numFeatures(): number {
    return this.#fixed.numFeatures;
  }

  get eps(): number {
    return this.#fixed.eps;
  }

  get momentum(): number | null {
    return this.#fixed.momentum;
  }

  get affine(): boolean {
    return this.#fixed.affine;
  }

  get trackRunningStats(): boolean {
    return this.#fixed.trackRunningStats;
  }

  get layout(): Layout {
    return this.#fixed.layout;
  }

  get activation(): Activation {
    return this.#fixed.activation;
  }

  get dtype(): DType {
    return this.#fixed.dtype;
  }

  /** gamma; ones at first. null without `affine` */
  get weight(): Parameter<T> | null {
    return this.#fixed.weight;
  }

  /** beta; zeros at first. null without `affine` or without `bias` */
  get bias(): Parameter<T> | null {
    return this.#fixed.bias;
  }

  /** the running mean, zeros at first; belongs to the layer. null without `trackRunningStats` */
  get runningMean(): T | null {
    return this.#fixed.runningMean;
  }

  /** the running (unbiased) variance, ones at first; belongs to the layer. null without `trackRunningStats` */
  get runningVar(): T | null {
    return this.#fixed.runningVar;
  }

  /** Whether batch statistics are used; the mode of `train` and `eval`. */
  get training(): boolean {
    return this.#training;
  }

  /** Whether `freeze` holds. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** How many batches the running statistics have seen. */
  get numBatchesTracked(): number {
    return this.#numBatchesTracked;
  }

  /** Batch statistics from now on, which move the running ones. `train(false)` is `eval()`. */
  train(mode = true): this {
    checkFlag("the mode of train", mode);
    this.#training = mode;
    return this;
  }

  /** Running statistics from now on. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Running statistics from now on, unmoved, whatever `train` says: for fine-tuning on small batches. With
   * `{ parameters: true }` gamma and beta stay as they are, too: `step` and the engine's own optimizers pass over them.
   *
   * @throws OptionError without running statistics
   */
  freeze(options: { readonly parameters?: boolean } = {}): this {
    checkOptionNames(options, ["parameters"], "freeze");
    const { parameters = false } = options;
    checkFlag("parameters", parameters);
    if (!this.trackRunningStats) {
      throw new OptionError("a layer with trackRunningStats: false has no running statistics to freeze");
    }
    this.#requireGrad(!parameters);
    this.#frozen = true;
    return this;
  }

  /** Ends `freeze`. */
  unfreeze(): this {
    this.#requireGrad(true);
    this.#frozen = false;
    return this;
  }

  /**
   * A forward pass that can be differentiated on its own: any number may be in flight. The mode is fixed now.
   *
   * In training the running statistics move and the counter counts, last; a call that throws changes nothing. An
   * empty batch gives an empty y and only counts.
   *
   * @param x `(N, C, ...)` or, channels-last, `(N, ..., C)`, float32 or float64; y has its shape and type
   * @throws ShapeError for another rank or number of channels, and for one value per channel in training
   * @throws OptionError for eps 0 in training
   * @throws DTypeError, TensorError for a tensor that the backend cannot take
   */
  call(x: T, options?: ForwardOptions<T>): Call<T> {
    return this.#call(x, options);
  }

  /** `call` for a single call at a time: y, while `backward` serves this call until the next. Throws as `call` does. */
  forward(x: T, options?: ForwardOptions<T>): T {
    const call = this.#call(x, options);
    this.#last?.dispose();
    this.#last = call;
    return call.y;
  }

  /**
   * The backward pass of the last `forward`: adds to `weight.grad` and `bias.grad` and returns dx.
   *
   * In training, with m values per channel and x-hat the normalized x:
   *
   *     dweight = sum dy x-hat      dbias = sum dy
   *     dx = weight / sqrt(variance + eps) (dy - dbias / m - x-hat dweight / m)
   *
   * In inference, statistics being constants: `dx = weight / sqrt(variance + eps) dy`.
   *
   * @throws CallError before any forward; otherwise as `Call.backward`
   */
  backward(dy: T, options?: BackwardOptions<T> & { readonly needs?: { readonly dx?: true } }): T;
  backward(dy: T, options?: BackwardOptions<T>): T | null;
  backward(dy: T, options?: BackwardOptions<T>): T | null {
    this.#checkLive();
    if (this.#last === null)
      throw new CallError(
        "backward came before any forward; call forward(x) first, or backward of what call(x) returned",
      );
    return this.#last.backward(dy, options);
  }

  /** The parameters, with their gradients, for an optimizer. */
  parameters(): readonly Parameter<T>[] {
    return [this.weight, this.bias].filter((parameter) => parameter !== null);
  }

  /**
   * Gradient descent without an optimizer: `value -= rate * grad`, for parameters that require it.
   *
   * @throws OptionError for a rate that is not finite
   */
  step(rate: number): void {
    this.#checkLive();
    if (!Number.isFinite(rate))
      throw new OptionError(`the rate of step must be a finite number, got ${describe(rate)}`);
    const moved = this.#parameters.filter((parameter) => parameter.requiresGrad);
    this.#transaction(
      moved.map((parameter) => parameter.value),
      () => {
        for (const { value, grad } of moved) this.#backend.axpy(-rate, grad, value);
      },
    );
  }

  /** Sets the gradients to zero. */
  zeroGrad(): void {
    this.#checkLive();
    this.#transaction(
      this.#parameters.map(({ grad }) => grad),
      () => {
        for (const { grad } of this.#parameters) fill(this.#backend, grad, 0);
      },
    );
  }

  /** A copy of the state, under PyTorch's names. */
  async stateDict(): Promise<StateDict> {
    this.#checkLive();
    // every read is asked for before the first is waited for, so that all are of the same moment
    const entries = this.#namedStates().map(async ([name, state]) => [name, await state.data()] as const);
    const dict: StateDict = this.trackRunningStats ? { num_batches_tracked: this.#numBatchesTracked } : {};
    return { ...(Object.fromEntries(await Promise.all(entries)) as StateDict), ...dict };
  }

  /**
   * Loads a state, all of it or, where it throws, nothing. A dictionary without `num_batches_tracked` leaves the
   * counter as it is.
   *
   * @param dict arrays of C numbers under PyTorch's names
   * @param options strict: false loads what fits and reports the rest
   * @returns the keys that did not fit, all empty when strict
   * @throws StateDictError naming every missing, unexpected, misshaped and invalid key
   */
  loadStateDict(dict: LoadableStateDict, options: { readonly strict?: boolean } = {}): KeyReport {
    this.#checkLive();
    checkOptionNames(options, ["strict"], "loadStateDict");
    const { strict = true } = options;
    checkFlag("strict", strict);
    const named = this.#namedStates();
    const names = named.map(([name]) => name);
    const layer = this.kind;
    const { numFeatures: channels, dtype, eps, trackRunningStats: tracks } = this;
    const report = checkStateDict(dict, layer, { names, channels, dtype, eps, tracks }, strict);
    const left = new Set([...report.missing, ...report.misshaped, ...report.invalid]);
    const loaded = named.filter(([name]) => !left.has(name));
    this.#transaction(
      loaded.map(([, state]) => state),
      () => {
        for (const [name, state] of loaded) this.#load(state, dict[name] as Values);
      },
    );
    const count = countOf(dict.num_batches_tracked);
    if (count !== null && tracks) this.#numBatchesTracked = count;
    return report;
  }

  /** Running mean 0, running variance 1, counter 0. Does nothing without running statistics. */
  resetRunningStats(): void {
    this.#checkLive();
    this.#reset([]);
  }

  /** weight 1, bias 0, and the running statistics reset, too. */
  resetParameters(): void {
    this.#checkLive();
    this.#reset([
      [this.weight?.value ?? null, 1],
      [this.bias?.value ?? null, 0],
    ]);
  }

  /** Gives back parameters, gradients, running statistics and the last call. Results stay the caller's. */
  dispose(): void {
    this.#disposed = true;
    this.#last?.dispose();
    this.#last = null;
    this.#states.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The layer in PyTorch's form. */
  toString(): string {
    const momentum = this.momentum === null ? "None" : pythonNumber(this.momentum);
    return (
      `${this.kind}(${this.numFeatures}, eps=${pythonNumber(this.eps)}, momentum=${momentum}, ` +
      `affine=${pythonBool(this.affine)}, bias=${pythonBool(this.bias !== null)}, ` +
      `track_running_stats=${pythonBool(this.trackRunningStats)})`
    );
  }

  #requireGrad(requires: boolean): void {
    for (const parameter of this.#parameters) {
      this.#backend.setTrainable?.(parameter.value, requires);
      parameter.requiresGrad = requires;
    }
  }

  #call(x: T, options?: ForwardOptions<T>): LayerCall<T> {
    if (options !== undefined) checkOptionNames(options, ["out"], "a forward pass");
    this.#checkLive();
    const { trackRunningStats, eps, activation, momentum } = this.#fixed;
    const view = this.#viewOf(x);
    const training = !trackRunningStats || (this.#training && !this.#frozen);
    if (training) {
      const instead = trackRunningStats ? insteadOfBatch.tracking : insteadOfBatch.untracked;
      checkBatchStatistics(view, x.shape, eps, instead);
    }
    const inner = new LiveCall(this.#backend, x, view, {
      weight: this.#fixed.weight?.value ?? null,
      bias: this.#fixed.bias?.value ?? null,
      running: this.#running,
      training,
      momentum: momentum ?? 1 / (this.#numBatchesTracked + 1),
      eps,
      activation,
      out: options?.out ?? null,
    });
    if (training && trackRunningStats) this.#numBatchesTracked++;
    return new LayerCall(inner, this.#accumulator);
  }

  /** The view of x, which is asked anew only where it has another shape than the last. */
  #viewOf(x: T): View {
    checkTensor(this.#backend, x, "x");
    if (this.#seen !== null && sameShape(x.shape, this.#seen.shape)) return this.#seen.view;
    const { layout, numFeatures } = this.#fixed;
    checkShape(x.shape);
    checkRank(x.shape, this.ranks, `${this.kind} takes ${this.takes[layout]}`);
    checkChannels(x.shape, layout, numFeatures);
    this.#seen = { shape: [...x.shape], view: viewOf(x.shape, layout) };
    return this.#seen.view;
  }

  #checkLive(): void {
    if (this.#disposed) throw new TensorError("ERR_DISPOSED", `the ${this.kind} was used after its dispose()`);
  }

  #accumulate({ dweight, dbias }: Gradients<T>): void {
    const additions = [
      { to: this.weight?.grad ?? null, term: dweight },
      { to: this.bias?.grad ?? null, term: dbias },
    ];
    this.#transaction(
      additions.map(({ to, term }) => (term === null ? null : to)),
      () => {
        for (const { to, term } of additions) if (to !== null && term !== null) this.#backend.axpy(1, term, to);
      },
    );
  }

  #reset(parameters: readonly (readonly [T | null, number])[]): void {
    const all = [...parameters, [this.runningMean, 0], [this.runningVar, 1]] as const;
    this.#transaction(
      all.map(([state]) => state),
      () => {
        for (const [state, value] of all) if (state !== null) fill(this.#backend, state, value);
      },
    );
    this.#numBatchesTracked = 0;
  }

  #load(state: T, values: Values): void {
    const tensor = this.#backend.tensor(values, [this.numFeatures], this.dtype);
    try {
      this.#backend.assign(state, tensor);
    } finally {
      tensor.dispose();
    }
  }

  #namedStates(): readonly (readonly [Exclude<keyof StateDict, "num_batches_tracked">, T])[] {
    const all = [
      ["weight", this.weight?.value ?? null],
      ["bias", this.bias?.value ?? null],
      ["running_mean", this.runningMean],
      ["running_var", this.runningVar],
    ] as const;
    return all.flatMap(([name, state]) => (state === null ? [] : [[name, state] as const]));
  }

  #transaction(states: readonly (T | null)[], write: () => void): void {
    transaction(this.#backend, states, write);
  }

  static {
    asFields(BatchNorm.prototype, rules);
  }
}

const optionNames: readonly (keyof LayerOptions)[] = [
  "eps",
  "momentum",
  "affine",
  "bias",
  "trackRunningStats",
  "layout",
  "activation",
  "dtype",
];

function resolveOptions<T extends Tensor>(backend: Backend<T>, numFeatures: number, o: LayerOptions) {
  checkBackend(backend);
  if (!Number.isSafeInteger(numFeatures) || numFeatures < 1) {
    throw new OptionError(
      `numFeatures must be a positive integer, the number of channels, got ${describe(numFeatures)}`,
    );
  }
  checkOptionNames(o, optionNames, "the layer");
  const {
    eps = defaultEps,
    momentum = defaultMomentum,
    affine = true,
    bias = true,
    trackRunningStats = true,
    layout = "channels-first",
    activation = null,
    dtype = "float32",
  } = o;
  checkEps(eps);
  checkMomentum(momentum, true);
  checkFlag("affine", affine);
  checkFlag("bias", bias);
  checkFlag("trackRunningStats", trackRunningStats);
  checkLayout(layout);
  checkActivation(activation);
  if (!backend.capabilities.dtypes.includes(dtype)) {
    throw new DTypeError(
      `dtype must be ${backend.capabilities.dtypes.join(" or ")} on the ${backend.name} backend, got ${describe(dtype)}`,
    );
  }
  return { eps, momentum, affine, bias, trackRunningStats, layout, activation, dtype };
}
