import {
  type Affine,
  checkElements,
  checkOnePerChannel,
  checkOut,
  checkOwnPerChannel,
  checkSameShape,
  DTypeError,
  describe,
  describeShape,
  type GradientSums,
  type Moments,
  type Statistics,
  TensorError,
  type View,
} from "@batchnorm/core";
import { CpuGradientSums, CpuMoments } from "./moments.js";
import { CpuTensor } from "./tensor.js";

/** What a backend asks of the tensors that it is given, before it does anything. */
export class Checks {
  readonly #owner: object;

  constructor(owner: object) {
    this.#owner = owner;
  }

  /** A live tensor of this backend. */
  own(x: CpuTensor): CpuTensor {
    if (!(x instanceof CpuTensor)) {
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `expected a tensor of this cpu backend, got ${describe(x)}; make one with backend.tensor(values, shape)`,
      );
    }
    if (x.owner !== this.#owner) {
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `expected a tensor of this cpu backend, got one of another cpu backend, of shape ${describeShape(x.shape)}; copy it with backend.tensor(await x.data(), x.shape)`,
      );
    }
    x.storage;
    return x;
  }

  state(x: CpuTensor): void {
    if (!this.own(x).isState) {
      throw new TensorError(
        "ERR_ALIAS",
        `only a state is written, but a tensor of shape ${describeShape(x.shape)} came; make it with backend.state(values, shape)`,
      );
    }
  }

  sameSize(x: CpuTensor, as: CpuTensor): void {
    checkSameShape(this.own(x).shape, as.shape);
  }

  data(x: CpuTensor, view: View): void {
    checkElements(this.own(x).shape, view);
  }

  /** dy beside x. */
  pair(dy: CpuTensor, x: CpuTensor, view: View): void {
    this.data(x, view);
    this.sameSize(dy, x);
    this.#sameType(dy, x, "dy");
  }

  /** A tensor for a result like x. It may be dy, no other of the inputs. */
  out(out: CpuTensor, x: CpuTensor, others: readonly (CpuTensor | null)[]): void {
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
  affine(p: Affine<CpuTensor>, view: View): void {
    this.#perChannel("weight", p.weight, view);
    this.#perChannel("bias", p.bias, view);
  }

  statistics(s: Statistics<CpuTensor>, view: View): void {
    this.#perChannel("mean", s.mean, view);
    this.#perChannel("variance", s.variance, view);
  }

  ownMoments(moments: Moments, view?: View): CpuMoments {
    return this.#ownPerChannel(moments, CpuMoments, "moments", view);
  }

  ownSums(sums: GradientSums, view?: View): CpuGradientSums {
    return this.#ownPerChannel(sums, CpuGradientSums, "gradient sums", view);
  }

  #ownPerChannel<Kind extends CpuMoments | CpuGradientSums>(
    value: unknown,
    kind: abstract new (...args: never) => Kind,
    what: string,
    view: View | undefined,
  ): Kind {
    const own = checkOwnPerChannel(value, kind, this.#owner, { what, backend: "cpu", view });
    own.arrays; // throws where they have been disposed
    return own;
  }

  #perChannel(name: string, x: CpuTensor | null, view: View): void {
    if (x !== null) checkOnePerChannel(name, this.own(x).shape, view);
  }

  #sameType(x: CpuTensor, as: CpuTensor, name: string): void {
    if (x.dtype !== as.dtype) throw new DTypeError(`${name} must be ${as.dtype} as x is, got ${x.dtype}`);
  }
}
