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
import type { Engine } from "./engines/engine.js";
import { type Disposable, TfjsGradientSums, TfjsMoments } from "./per-channel.js";
import type { Tensor, TensorFlow } from "./tensor-flow.js";

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
          gradients: (dy) => {
            const from = { content: this.#engine.restored(saved.others(), saved.x(), view), count };
            try {
              return this.#engine.backwardOfTraining(dy, saved.x(), view, from, saved.affine(), { ...o, needs: all });
            } finally {
              from.content.dispose();
            }
          },
        };
      });
      const moments = new TfjsMoments(this, view.channels, count, content as unknown as Disposable);
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
          const options = { ...o, needs: all };
          return this.#engine.backwardOfInference(dy, saved.x(), view, { mean, variance }, saved.affine(), options);
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
      this.#checkBackward(dy, x, view, p, o, from.statistics);
      return this.#allGiven(this.#engine.backwardOfInference(dy, x, view, from.statistics, p, o), o);
    }
    const moments = this.#check.ownMoments(from.moments, view);
    this.#checkBackward(dy, x, view, p, o);
    return this.#allGiven(this.#engine.backwardOfTraining(dy, x, view, moments, p, o), o);
  }

  moments(x: Tensor, view: View): OwnMoments {
    this.#check.data(x, view);
    return new TfjsMoments(this, view.channels, valuesPerChannel(view), this.#engine.moments(x, view));
  }

  merge(parts: readonly Moments[]): OwnMoments {
    const own = parts.map((part) => this.#check.ownMoments(part));
    const channels = checkParts(own);
    const count = own.reduce((sum, part) => sum + part.count, 0);
    return new TfjsMoments(this, channels, count, this.#engine.merge(own, count, channels));
  }

  async exportMoments(moments: Moments): Promise<Float64Array> {
    return this.#engine.exportMoments(this.#check.ownMoments(moments));
  }

  importMoments(values: Float64Array): OwnMoments {
    const channels = channelsOfMoments(values);
    return new TfjsMoments(this, channels, values[0] ?? 0, this.#engine.importMoments(values, channels));
  }

  normalize(x: Tensor, view: View, moments: Moments, p: Affine<Tensor>, o: ForwardOptions<Tensor>): Tensor {
    const own = this.#check.ownMoments(moments, view);
    this.#checkForward(x, view, p, o);
    return this.#given(this.#engine.normalize(x, view, own, p, o), o.out);
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
    return new TfjsGradientSums(this, view.channels, this.#engine.gradientSums(dy, x, view, own, p, o));
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
    return this.#allGiven(this.#engine.gradients(dy, x, view, own, content, p, o), o);
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

const all = { dx: true, affine: true } as const;
