import type { Affine, GradientSums, Moments, Statistics } from "../backend.js";
import { checkElements, checkOut, checkOwnPerChannel, checkSameShape } from "../checks.js";
import { DTypeError, describe, describeShape, TensorError } from "../errors.js";
import { checkOnePerChannel, type View } from "../view.js";
import { HostGradientSums, HostMoments } from "./per-channel.js";
import { HostTensor } from "./tensor.js";

/** What a backend in host memory asks of the tensors that it is given, before it does anything. */
export class HostChecks<T extends HostTensor, M extends HostMoments, S extends HostGradientSums> {
  readonly #owner: object;
  readonly #backend: string;

  /** @param backend as people read it: "cpu" */
  constructor(owner: object, backend: string) {
    this.#owner = owner;
    this.#backend = backend;
  }

  /** A live tensor of this backend. */
  own(x: T): T {
    if (!(x instanceof HostTensor)) {
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `expected a tensor of this ${this.#backend} backend, got ${describe(x)}; make one with backend.tensor(values, shape)`,
      );
    }
    if (x.owner !== this.#owner) {
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `expected a tensor of this ${this.#backend} backend, got one of another backend, of shape ${describeShape(x.shape)}; copy it with backend.tensor(await x.data(), x.shape)`,
      );
    }
    x.storage;
    return x;
  }

  state(x: T): void {
    if (!this.own(x).isState) {
      throw new TensorError(
        "ERR_ALIAS",
        `only a state is written, but a tensor of shape ${describeShape(x.shape)} came; make it with backend.state(values, shape)`,
      );
    }
  }

  sameSize(x: T, as: T): void {
    checkSameShape(this.own(x).shape, as.shape);
  }

  data(x: T, view: View): void {
    checkElements(this.own(x).shape, view);
  }

  /** dy beside x. */
  pair(dy: T, x: T, view: View): void {
    this.data(x, view);
    this.sameSize(dy, x);
    this.#sameType(dy, x, "dy");
  }

  /** A tensor for a result like x. It may be dy, no other of the inputs. */
  out(out: T, x: T, others: readonly (T | null)[]): void {
    this.own(out);
    this.sameSize(out, x);
    this.#sameType(out, x, "out");
    checkOut({
      isX: out.storage === x.storage,
      isState: out.isState,
      isOther: others.some((other) => other?.storage === out.storage),
    });
  }

  /** A weight or bias, or none: one number per channel. */
  affine(p: Affine<T>, view: View): void {
    this.#perChannel("weight", p.weight, view);
    this.#perChannel("bias", p.bias, view);
  }

  statistics(s: Statistics<T>, view: View): void {
    this.#perChannel("mean", s.mean, view);
    this.#perChannel("variance", s.variance, view);
  }

  ownMoments(moments: Moments, view?: View): M {
    const own = checkOwnPerChannel(moments, HostMoments, this.#owner, this.#says("moments", view));
    own.checkLive();
    return own as M;
  }

  ownSums(sums: GradientSums, view?: View): S {
    const own = checkOwnPerChannel(sums, HostGradientSums, this.#owner, this.#says("gradient sums", view));
    own.checkLive();
    return own as S;
  }

  #says(what: string, view: View | undefined) {
    return { what, backend: this.#backend, view };
  }

  #perChannel(name: string, x: T | null, view: View): void {
    if (x !== null) checkOnePerChannel(name, this.own(x).shape, view);
  }

  #sameType(x: T, as: T, name: string): void {
    if (x.dtype !== as.dtype) throw new DTypeError(`${name} must be ${as.dtype} as x is, got ${x.dtype}`);
  }
}
