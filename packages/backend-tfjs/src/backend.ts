import {
  type Affine,
  type Backend,
  type BackwardOptions,
  type Capabilities,
  channelsOfGradientSums,
  channelsOfMoments,
  checkComputes,
  checkCorrection,
  checkParts,
  checkValues,
  copyFloats,
  type DType,
  dtypeFor,
  type ForwardOptions,
  type From,
  type GradientSums,
  type Gradients,
  type Memory,
  type Moments,
  type Statistics,
  type Values,
  type View,
  valuesPerChannel,
} from "@batchnorm/core";
import { Checks } from "./checks.js";
import { differentiable } from "./differentiable.js";
import type { Engine, PassOptions } from "./engines/engine.js";
import { type DifferentiatedPass, gradientsOnce, gradientsOnTape, undifferentiable } from "./gradients-on-tape.js";
import { type Disposable, TfjsGradientSums, TfjsMoments } from "./per-channel.js";
import { isOnTape, offTape, type Tensor, type TensorFlow, tidied } from "./tensor-flow.js";

/** What a `TfjsBackend` is made of. */
export interface TfjsBackendParts {
  readonly tf: TensorFlow;
  readonly name: string;
  readonly threads: number;
  readonly engine: Engine;
}

type OwnMoments = TfjsMoments<Disposable>;

/** Batch normalization on TensorFlow.js: `tf.Tensor` in, `tf.Tensor` out. Made by `createTfjsBackend`. */
export class TfjsBackend implements Backend<Tensor> {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #tf: TensorFlow;
  readonly #engine: Engine;
  readonly #check: Checks<Disposable, Disposable>;

  /** @internal */
  constructor({ tf, name, threads, engine }: TfjsBackendParts) {
    this.name = name;
    this.capabilities = { dtypes: ["float32"], hostVisible: false, threads };
    this.#tf = tf;
    this.#engine = engine;
    this.#check = new Checks(tf, this, tf.getBackend());
  }

  tensor(values: Values, shape: readonly number[], dtype?: DType): Tensor {
    this.#check.engine();
    const type = dtypeFor(values, dtype);
    checkComputes(type, this.capabilities.dtypes, this.name);
    checkValues(values, shape);
    const own = new Float32Array(values.length); // TensorFlow.js keeps the array that it is given
    copyFloats(values, own);
    return this.#tf.tensor(own, [...shape], "float32");
  }

  state(values: Values, shape: readonly number[], dtype?: DType): Tensor {
    const tf = this.#tf;
    return tf.tidy(() => tf.variable(this.tensor(values, shape, dtype)));
  }

  checkState(x: Tensor): void {
    this.#check.state(x);
  }

  assign(to: Tensor, from: Tensor): void {
    const state = this.#check.state(to);
    this.#check.sameSize(from, to);
    state.assign(from);
  }

  axpy(a: number, x: Tensor, state: Tensor): void {
    const tf = this.#tf;
    const to = this.#check.state(state);
    this.#check.sameSize(x, state);
    tf.tidy(() => to.assign(tf.add(to, a === 1 ? x : tf.mul(x, a))));
  }

  /** Optimizers of TensorFlow.js pass over a variable that is not trainable, also where it is in their list. */
  setTrainable(state: Tensor, trainable: boolean): void {
    this.#check.state(state).trainable = trainable;
  }

  retain(x: Tensor): Tensor {
    return this.#tf.keep(this.#handle(this.#check.own(x)));
  }

  train(x: Tensor, view: View, p: Affine<Tensor>, o: ForwardOptions<Tensor>): { y: Tensor; moments: OwnMoments } {
    this.#checkForward(x, view, p, o);
    const count = valuesPerChannel(view);
    let content: Disposable | null = null;
    try {
      const y = differentiable(this.#tf, { x, ...p }, (save) => {
        const { y: value, moments } = this.#engine.train(x, view, p, o);
        content = moments;
        const saved = save(this.#engine.saved(moments) ?? []);
        return {
          value,
          gradients: (dy) =>
            this.#gradients(
              { ...asked(o), dy, x: saved.x(), view, affine: saved.affine(), statistics: null, needs: all },
              (pass) => {
                const from = { content: this.#engine.restored(saved.others(), pass.x, view), count };
                try {
                  return this.#engine.backwardOfTraining(dy, pass.x, view, from, pass.affine, { ...o, needs: all });
                } finally {
                  from.content.dispose();
                }
              },
            ),
        };
      });
      const moments = new TfjsMoments(this, view.channels, content as unknown as Disposable, { count, x });
      return { y: this.#given(y, o.out), moments };
    } catch (error) {
      (content as Disposable | null)?.dispose();
      throw error;
    }
  }

  infer(x: Tensor, view: View, statistics: Statistics<Tensor>, p: Affine<Tensor>, o: ForwardOptions<Tensor>): Tensor {
    this.#check.statistics(statistics, view);
    this.#checkForward(x, view, p, o, statistics);
    const y = differentiable(this.#tf, { x, ...p }, (save) => {
      const saved = save([statistics.mean, statistics.variance]);
      return {
        value: this.#engine.infer(x, view, statistics, p, o),
        gradients: (dy) => {
          const [mean, variance] = saved.others() as [Tensor, Tensor];
          const by = { mean, variance };
          return this.#gradients(
            { ...asked(o), dy, x: saved.x(), view, affine: saved.affine(), statistics: by, needs: all },
            (pass) => this.#engine.backwardOfInference(dy, pass.x, view, by, pass.affine, { ...o, needs: all }),
          );
        },
      };
    });
    return this.#given(y, o.out);
  }

  backward(
    dy: Tensor,
    x: Tensor,
    view: View,
    from: From<Tensor>,
    p: Affine<Tensor>,
    o: BackwardOptions<Tensor>,
  ): Gradients<Tensor> {
    if ("statistics" in from) {
      this.#check.statistics(from.statistics, view);
      const { statistics } = from;
      this.#checkBackward(dy, x, view, p, o, statistics);
      const byStatistics = this.#gradients({ ...asked(o), dy, x, view, affine: p, statistics, needs: o.needs }, () =>
        this.#engine.backwardOfInference(dy, x, view, statistics, p, o),
      );
      return this.#allGiven(byStatistics, o);
    }
    const moments = this.#check.ownMoments(from.moments, view);
    this.#checkBackward(dy, x, view, p, o);
    const pass = { ...asked(o), dy, x, view, affine: p, statistics: null, needs: o.needs };
    const byEngine = () => this.#engine.backwardOfTraining(dy, x, view, moments, p, o);
    return this.#allGiven(
      moments.areOf(x) ? this.#gradients(pass, byEngine) : this.#gradientsOfShard(pass, byEngine),
      o,
    );
  }

  moments(x: Tensor, view: View): OwnMoments {
    this.#check.data(x, view);
    const content = offTape(this.#tf, () => this.#engine.moments(x, view));
    return new TfjsMoments(this, view.channels, content, { count: valuesPerChannel(view), x });
  }

  merge(parts: readonly Moments[]): OwnMoments {
    const own = parts.map((part) => this.#check.ownMoments(part));
    const channels = checkParts(own);
    const count = own.reduce((sum, part) => sum + part.count, 0);
    const content = offTape(this.#tf, () => this.#engine.merge(own, count, channels));
    return new TfjsMoments(this, channels, content, { count, x: null });
  }

  async exportMoments(moments: Moments): Promise<Float64Array> {
    return this.#engine.exportMoments(this.#check.ownMoments(moments));
  }

  importMoments(values: Float64Array): OwnMoments {
    const channels = channelsOfMoments(values);
    const content = this.#engine.importMoments(values, channels);
    return new TfjsMoments(this, channels, content, { count: values[0] ?? 0, x: null });
  }

  normalize(x: Tensor, view: View, moments: Moments, p: Affine<Tensor>, o: ForwardOptions<Tensor>): Tensor {
    const own = this.#check.ownMoments(moments, view);
    this.#checkForward(x, view, p, o);
    const y = this.#tf.tidy(() => {
      const value = offTape(this.#tf, () => this.#engine.normalize(x, view, own, p, o));
      return isOnTape(this.#tf)
        ? undifferentiable(
            this.#tf,
            [x, p.weight, p.bias].filter((one) => one !== null),
            value,
            shardOnTape,
          )
        : value;
    });
    return this.#given(y, o.out);
  }

  gradientSums(
    dy: Tensor,
    x: Tensor,
    view: View,
    moments: Moments,
    p: Affine<Tensor>,
    o: BackwardOptions<Tensor>,
  ): TfjsGradientSums<Disposable> {
    const own = this.#check.ownMoments(moments, view);
    this.#check.affine(p, view);
    this.#check.pair(dy, x, view);
    const content = offTape(this.#tf, () => this.#engine.gradientSums(dy, x, view, own, p, o));
    return new TfjsGradientSums(this, view.channels, content);
  }

  mergeGradientSums(parts: readonly GradientSums[]): TfjsGradientSums<Disposable> {
    const own = parts.map((part) => this.#check.ownSums(part));
    const channels = checkParts(own);
    return new TfjsGradientSums(
      this,
      channels,
      this.#engine.mergeGradientSums(
        own.map(({ content }) => content),
        channels,
      ),
    );
  }

  async exportGradientSums(sums: GradientSums): Promise<Float64Array> {
    return this.#engine.exportGradientSums(this.#check.ownSums(sums).content);
  }

  importGradientSums(values: Float64Array): TfjsGradientSums<Disposable> {
    const channels = channelsOfGradientSums(values);
    return new TfjsGradientSums(this, channels, this.#engine.importGradientSums(values, channels));
  }

  gradients(
    dy: Tensor,
    x: Tensor,
    view: View,
    moments: Moments,
    sums: GradientSums,
    p: Affine<Tensor>,
    o: BackwardOptions<Tensor>,
  ): Gradients<Tensor> {
    const own = this.#check.ownMoments(moments, view);
    const { content } = this.#check.ownSums(sums, view);
    this.#checkBackward(dy, x, view, p, o);
    const gradients = this.#gradientsOfShard(
      { ...asked(o), dy, x, view, affine: p, statistics: null, needs: o.needs },
      () => this.#engine.gradients(dy, x, view, own, content, p, o),
    );
    return this.#allGiven(gradients, o);
  }

  move(running: Statistics<Tensor>, moments: Moments, weight: number, correction: 0 | 1): void {
    this.#check.engine();
    const own = this.#check.ownMoments(moments);
    const mean = this.#check.state(running.mean);
    const variance = this.#check.state(running.variance);
    this.#check.statistics(running, { outer: 1, channels: own.channels, inner: 1 });
    if (own.count === 0) return;
    checkCorrection(own.count, correction);
    const tf = this.#tf;
    tf.tidy(() => {
      const moved = this.#engine.moved(running, own, weight, correction);
      mean.assign(moved.mean);
      variance.assign(moved.variance);
    });
  }

  /** An engine does in order what it is asked: once the answer to the last question is here, all before it is done. */
  async sync(): Promise<void> {
    const tf = this.#tf;
    const last = tf.tidy(() => tf.add(tf.scalar(0), 0));
    try {
      await last.data();
    } finally {
      last.dispose();
    }
  }

  /** All tensors of TensorFlow.js, whoever holds them: it does not tell whose they are, nor what it keeps for use again. */
  memory(): Memory {
    return { liveBuffers: this.#tf.memory().numTensors, pooledBytes: 0 };
  }

  #checkForward(
    x: Tensor,
    view: View,
    p: Affine<Tensor>,
    { out }: ForwardOptions<Tensor>,
    statistics: Statistics<Tensor> | null = null,
  ): void {
    this.#check.data(x, view);
    this.#check.affine(p, view);
    this.#check.out(out, x, [p.weight, p.bias, statistics?.mean ?? null, statistics?.variance ?? null]);
  }

  #checkBackward(
    dy: Tensor,
    x: Tensor,
    view: View,
    p: Affine<Tensor>,
    { out, needs }: BackwardOptions<Tensor>,
    statistics: Statistics<Tensor> | null = null,
  ): void {
    this.#check.affine(p, view);
    this.#check.pair(dy, x, view);
    if (needs.dx) this.#check.out(out, x, [p.weight, p.bias, statistics?.mean ?? null, statistics?.variance ?? null]);
  }

  /** By the engine's kernels or, on a tape, which may differentiate them again, by operations that it can. */
  #gradients(pass: DifferentiatedPass, byEngine: (pass: DifferentiatedPass) => Gradients<Tensor>): Gradients<Tensor> {
    if (!isOnTape(this.#tf)) return byEngine(pass);
    const why = this.#engine.differentiatesOnce;
    if (why !== null) return gradientsOnce(this.#tf, pass, () => byEngine(pass), why);
    return tidied(this.#tf, () => gradientsOnTape(this.#tf, pass));
  }

  /** By moments of values that are not all x's: what the others would need is not on this tape. */
  #gradientsOfShard(pass: DifferentiatedPass, byEngine: () => Gradients<Tensor>): Gradients<Tensor> {
    return isOnTape(this.#tf) ? gradientsOnce(this.#tf, pass, byEngine, shardOnTape) : byEngine();
  }

  #allGiven({ dx, ...parameters }: Gradients<Tensor>, { out }: BackwardOptions<Tensor>): Gradients<Tensor> {
    return { dx: dx === null ? null : this.#given(dx, out), ...parameters };
  }

  /** Another tensor on the same values, with the tape's knowledge. `x.clone()` is one too, but copies them on some engines. */
  #handle(x: Tensor): Tensor {
    const tf = this.#tf;
    const tracker = tf.engine();
    const share = tf.customGrad((input: unknown) => {
      const { dataId, shape, dtype } = input as Tensor;
      tracker.backend.incRef(dataId);
      const value = tracker.makeTensorFromTensorInfo({ dataId, shape, dtype });
      return { value, gradFunc: (dy: Tensor) => dy.clone() };
    });
    return share(x);
  }

  /** The result, or `out` with its values: tensors are not written, but what they refer to can be exchanged. */
  #given(result: Tensor, out: Tensor | null): Tensor {
    if (out === null) return result;
    const tracker = this.#tf.engine();
    tracker.disposeTensor(out);
    (out as { dataId: object }).dataId = result.dataId;
    tracker.incRef(out, null as never);
    untrack(this.#tf, out);
    result.dispose();
    return out;
  }
}

/** Leaves a tensor to the scope that it was in: to count it again has put it into the innermost tf.tidy, which would end it. */
function untrack(tf: TensorFlow, tensor: Tensor): void {
  const { activeScope } = tf.engine().state;
  if (activeScope?.track.at(-1) === tensor) activeScope.track.pop();
}

/** Of the options of a pass, which may hold more than the contract asks for. */
function asked({ eps, activation }: ForwardOptions<Tensor>): PassOptions {
  return { eps, activation };
}

const shardOnTape =
  "normalize(), gradients() and backward() by the moments of several shards cannot be differentiated by the tape, which has this shard only; call gradientSums() and gradients() for the first derivatives";

const all = { dx: true, affine: true } as const;
