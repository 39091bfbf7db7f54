import {
  type Backend,
  type BackwardOptions,
  type Batch,
  type Capabilities,
  type DType,
  type GradientSums,
  type Gradients,
  type Memory,
  type Moments,
  type Source,
  type Statistics,
  type Values,
  type View,
  valuesPerChannel,
} from "@batchnorm/core";
import {
  channelsOfGradientSums,
  channelsOfMoments,
  checkComputes,
  checkCorrection,
  checkParts,
  checkSumsOf,
  checkValues,
  copyFloats,
  dtypeFor,
  looksLikeStatistics,
} from "@batchnorm/core/checks";
import { Checks } from "./checks.js";
import { differentiable } from "./differentiable.js";
import type { Engine, TensorPass } from "./engines/engine.js";
import { type Backward, gradientsOnce, gradientsOnTape, undifferentiable } from "./gradients-on-tape.js";
import { type Disposable, TfjsGradientSums, TfjsMoments } from "./per-channel.js";
import { isOnTape, offTape, type Tensor, type TensorFlow, tidied } from "./tfjs.js";

/** What a `TfjsBackend` is made of. */
export interface TfjsBackendParts {
  readonly tf: TensorFlow;
  readonly name: string;
  readonly threads: number;
  readonly engine: Engine;
}

type OwnMoments = TfjsMoments<Disposable>;
type OwnSums = TfjsGradientSums<Disposable>;

type OwnSource =
  | { readonly moments: OwnMoments; readonly statistics: null }
  | { readonly moments: null; readonly statistics: Statistics<Tensor> };

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

  assign(to: Tensor, from: Tensor): void {
    const state = this.#check.state(to);
    this.#check.sameSize(from, to);
    // TensorFlow.js lets go of the values before it takes them over
    if (from.dataId !== state.dataId) state.assign(from);
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

  train(pass: TensorPass, out: Tensor | null): { y: Tensor; moments: OwnMoments } {
    this.#check.pass(pass);
    this.#check.out(out, pass, null);
    const { view } = pass;
    const count = valuesPerChannel(view);
    let content: Disposable | null = null;
    try {
      const y = differentiable(this.#tf, pass, (save) => {
        const { y: value, moments } = this.#engine.train(pass);
        content = moments;
        const saved = save(this.#engine.saved(moments) ?? []);
        return {
          value,
          gradients: (dy) => {
            const kept = saved.pass();
            return this.#gradients({ pass: kept, dy, statistics: null, needs: all }, () => {
              const moments = { content: this.#engine.restored(saved.others(), kept), count };
              try {
                return this.#engine.backwardOfTraining(kept, { moments, sums: null }, dy, all);
              } finally {
                moments.content.dispose();
              }
            });
          },
        };
      });
      return { y: this.#given(y, out), moments: this.#moments(view, content as unknown as Disposable, pass.x) };
    } catch (error) {
      (content as Disposable | null)?.dispose();
      throw error;
    }
  }

  apply(pass: TensorPass, source: Source<Tensor>, out: Tensor | null): Tensor {
    const { moments, statistics } = this.#sourceOf(source, pass.view);
    this.#check.pass(pass);
    this.#check.out(out, pass, statistics);
    return this.#given(moments === null ? this.#infer(pass, statistics) : this.#normalize(pass, moments), out);
  }

  backward(pass: TensorPass, source: Source<Tensor>, dy: Tensor, o: BackwardOptions<Tensor>): Gradients<Tensor> {
    const { needs } = o;
    const { moments, statistics } = this.#sourceOf(source, pass.view);
    checkSumsOf(source, o.sums);
    const sums = o.sums === null ? null : this.#check.ownSums(o.sums, pass.view).content;
    this.#check.pass(pass);
    this.#check.sameSize(dy, pass.x);
    if (needs.dx) this.#check.out(o.out, pass, statistics);
    const backward = { pass, dy, statistics, needs };
    if (moments === null) {
      const gradients = () => this.#engine.backwardOfInference(pass, statistics, dy, needs);
      return this.#allGiven(this.#gradients(backward, gradients), o);
    }
    const gradients = () => this.#engine.backwardOfTraining(pass, { moments, sums }, dy, needs);
    const isWhole = sums === null && moments.areOf(pass.x);
    return this.#allGiven(
      isWhole ? this.#gradients(backward, gradients) : this.#gradientsOfShard(backward, gradients),
      o,
    );
  }

  moments(batch: Batch<Tensor>): OwnMoments {
    this.#check.batch(batch);
    const content = offTape(this.#tf, () => this.#engine.moments(batch));
    return this.#moments(batch.view, content, batch.x);
  }

  gradientSums(pass: TensorPass, moments: Moments, dy: Tensor): OwnSums {
    const own = this.#check.ownMoments(moments, pass.view);
    this.#check.pass(pass);
    this.#check.sameSize(dy, pass.x);
    const content = offTape(this.#tf, () => this.#engine.gradientSums(pass, own, dy));
    return new TfjsGradientSums(this, pass.view.channels, this.#engine, content);
  }

  merge<Part extends Moments | GradientSums>(parts: readonly Part[]): Part;
  merge(parts: readonly unknown[]): OwnMoments | OwnSums {
    if (parts[0] instanceof TfjsGradientSums) {
      const own = parts.map((part) => this.#check.ownSums(part));
      const channels = checkParts(own);
      const contents = own.map(({ content }) => content);
      const sums = offTape(this.#tf, () => this.#engine.mergeGradientSums(contents, channels));
      return new TfjsGradientSums(this, channels, this.#engine, sums);
    }
    const own = parts.map((part) => this.#check.ownMoments(part));
    const channels = checkParts(own);
    const count = own.reduce((sum, part) => sum + part.count, 0);
    const content = offTape(this.#tf, () => this.#engine.merge(own, count, channels));
    return new TfjsMoments(this, channels, this.#engine, content, { count, x: null });
  }

  importMoments(values: Float64Array): OwnMoments {
    const channels = channelsOfMoments(values);
    const content = this.#engine.importMoments(values, channels);
    return new TfjsMoments(this, channels, this.#engine, content, { count: values[0] ?? 0, x: null });
  }

  importGradientSums(values: Float64Array): OwnSums {
    const channels = channelsOfGradientSums(values);
    return new TfjsGradientSums(this, channels, this.#engine, this.#engine.importGradientSums(values, channels));
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

  #moments({ channels, ...view }: View, content: Disposable, x: Tensor): OwnMoments {
    const count = valuesPerChannel({ channels, ...view });
    return new TfjsMoments(this, channels, this.#engine, content, { count, x });
  }

  #sourceOf(source: Source<Tensor>, view: View): OwnSource {
    if (!looksLikeStatistics(source)) return { moments: this.#check.ownMoments(source, view), statistics: null };
    this.#check.statistics(source, view);
    return { moments: null, statistics: source };
  }

  #infer(pass: TensorPass, statistics: Statistics<Tensor>): Tensor {
    return differentiable(this.#tf, pass, (save) => {
      const saved = save([statistics.mean, statistics.variance]);
      return {
        value: this.#engine.infer(pass, statistics),
        gradients: (dy) => {
          const kept = saved.pass();
          const [mean, variance] = saved.others() as [Tensor, Tensor];
          const statistics = { mean, variance };
          return this.#gradients({ pass: kept, dy, statistics, needs: all }, () =>
            this.#engine.backwardOfInference(kept, statistics, dy, all),
          );
        },
      };
    });
  }

  #normalize(pass: TensorPass, moments: OwnMoments): Tensor {
    const tf = this.#tf;
    return tf.tidy(() => {
      const y = offTape(tf, () => this.#engine.normalize(pass, moments));
      const inputs = [pass.x, pass.weight, pass.bias].filter((one) => one !== null);
      return isOnTape(tf) ? undifferentiable(tf, inputs, y, shardOnTape) : y;
    });
  }

  /** By the engine's kernels or, on a tape, which may differentiate them again, by operations that it can. */
  #gradients(backward: Backward, byEngine: () => Gradients<Tensor>): Gradients<Tensor> {
    if (!isOnTape(this.#tf)) return byEngine();
    const why = this.#engine.differentiatesOnce;
    if (why !== null) return gradientsOnce(this.#tf, backward, byEngine, why);
    return tidied(this.#tf, () => gradientsOnTape(this.#tf, backward));
  }

  /** By moments of values that are not all x's: what the others would need is not on this tape. */
  #gradientsOfShard(backward: Backward, byEngine: () => Gradients<Tensor>): Gradients<Tensor> {
    return isOnTape(this.#tf) ? gradientsOnce(this.#tf, backward, byEngine, shardOnTape) : byEngine();
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

const shardOnTape =
  "apply() and backward() by the moments of several shards cannot be differentiated by the tape, which has this shard only; gradientSums() and backward() with sums give the first derivatives";

const all = { dx: true, affine: true } as const;
