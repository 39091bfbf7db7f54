import {
  type Batch,
  DTypeError,
  OptionError,
  type Pass,
  type Statistics,
  TensorError,
  type View,
} from "@batchnorm/core";
import {
  checkElements,
  checkOnePerChannel,
  checkOut,
  checkOwnPerChannel,
  checkSameShape,
  describe,
  describeShape,
} from "@batchnorm/core/checks";
import { type Disposable, TfjsGradientSums, TfjsMoments } from "./per-channel.js";
import { isOnTape, type Tensor, type TensorFlow, type Variable } from "./tfjs.js";

/** What the backend asks of the tensors that it is given, before it does anything. */
export class Checks<M extends Disposable, S extends Disposable> {
  readonly #tf: TensorFlow;
  readonly #owner: object;
  readonly #engine: string;

  constructor(tf: TensorFlow, owner: object, engine: string) {
    this.#tf = tf;
    this.#owner = owner;
    this.#engine = engine;
  }

  /** TensorFlow.js still runs on the engine that the backend was made for. */
  engine(): void {
    const now = this.#tf.getBackend();
    if (now === this.#engine) return;
    throw new OptionError(
      `this backend was made while TensorFlow.js ran on ${this.#engine}, and it runs on ${now} now; make another with createTfjsBackend(tf), or go back with tf.setBackend("${this.#engine}")`,
    );
  }

  /** A live tensor of this TensorFlow.js. */
  own(x: Tensor): Tensor {
    const tensor = x as Partial<Tensor> | null | undefined;
    if (typeof tensor !== "object" || tensor === null || tensor.dataId === undefined || !Array.isArray(tensor.shape)) {
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `expected a tensor of TensorFlow.js, got ${describe(x)}; make one with tf.tensor(values, shape) or backend.tensor(values, shape)`,
      );
    }
    if (tensor.isDisposed) {
      throw new TensorError(
        "ERR_DISPOSED",
        `a tensor of shape ${describeShape(tensor.shape)} was used after its dispose(); dispose it later, or keep it with tf.keep() where a tf.tidy() ends it`,
      );
    }
    if (!this.#tf.engine().state.tensorInfo.has(tensor.dataId)) {
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `a tensor of shape ${describeShape(tensor.shape)} belongs to another copy of TensorFlow.js than this backend; make both with the same tf`,
      );
    }
    if (tensor.dtype !== "float32") {
      throw new DTypeError(
        `expected a float32 tensor, got ${describe(tensor.dtype)}; tf.cast(x, "float32") converts it`,
      );
    }
    return x;
  }

  /** A live tensor that this backend may write. */
  state(x: Tensor): Variable {
    if (!(this.own(x) instanceof this.#tf.Variable)) {
      throw new TensorError(
        "ERR_ALIAS",
        `expected a state, which may be written, but a tensor of shape ${describeShape(x.shape)} came; make it with backend.state(values, shape) or tf.variable(x)`,
      );
    }
    return x as Variable;
  }

  sameSize(x: Tensor, as: Tensor): void {
    checkSameShape(this.own(x).shape, as.shape);
  }

  batch({ x, view }: Batch<Tensor>): void {
    this.engine();
    checkElements(this.own(x).shape, view);
  }

  pass(pass: Pass<Tensor>): void {
    this.batch(pass);
    if (pass.weight !== null) this.#perChannel("weight", pass.weight, pass.view);
    if (pass.bias !== null) this.#perChannel("bias", pass.bias, pass.view);
  }

  /** A tensor for a result like x. It may be dy, no other of the inputs. */
  out(out: Tensor | null, { x, weight, bias }: Pass<Tensor>, statistics: Statistics<Tensor> | null): void {
    if (out === null) return;
    this.sameSize(out, x);
    if (isOnTape(this.#tf)) {
      throw new OptionError(
        "out cannot be used inside tf.grads, tf.variableGrads and their kin: the tape does not see that out has new values; leave it out there",
      );
    }
    checkOut({
      isX: out.dataId === x.dataId,
      isState: out instanceof this.#tf.Variable,
      isOther: [weight, bias, statistics?.mean, statistics?.variance].some((other) => other?.dataId === out.dataId),
    });
  }

  statistics(s: Statistics<Tensor>, view: View): void {
    this.#perChannel("mean", s.mean, view);
    this.#perChannel("variance", s.variance, view);
  }

  ownMoments(moments: unknown, view?: View): TfjsMoments<M> {
    return this.#ownPerChannel(moments, TfjsMoments<M>, "moments", view);
  }

  ownSums(sums: unknown, view?: View): TfjsGradientSums<S> {
    return this.#ownPerChannel(sums, TfjsGradientSums<S>, "gradient sums", view);
  }

  #ownPerChannel<Kind extends TfjsMoments<M> | TfjsGradientSums<S>>(
    value: unknown,
    kind: abstract new (...args: never) => Kind,
    what: string,
    view: View | undefined,
  ): Kind {
    const own = checkOwnPerChannel(value, kind, this.#owner, { what, backend: "tfjs", view });
    own.content; // throws where they have been disposed
    return own;
  }

  #perChannel(name: string, x: Tensor, view: View): void {
    checkOnePerChannel(name, this.own(x).shape, view);
  }
}
