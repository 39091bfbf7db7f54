import { type Batch, isMoments, type Pass, type Tensor } from "../backend.js";
import { DTypeError, describe, describeShape, TensorError } from "../errors.js";
import { checkElements, checkOut, checkOwnPerChannel, checkSameShape, looksLikeStatistics } from "../tensor-checks.js";
import { checkOnePerChannel, type View } from "../view.js";
import type { HostSource } from "./kernels.js";
import type { HostMemory } from "./memory.js";
import { HostGradientSums, HostMoments } from "./per-channel.js";
import { HostTensor } from "./tensor.js";

/** What a backend in host memory asks of what it is given, before it does anything. */
export class HostChecks<M extends HostMemory> {
  readonly #owner: object;
  readonly #backend: string;

  /** @param backend as people read it: "cpu" */
  constructor(owner: object, backend: string) {
    this.#owner = owner;
    this.#backend = backend;
  }

  /** A live tensor of this backend. */
  own(x: HostTensor<M>): HostTensor<M> {
    const isOfThisCore = x instanceof HostTensor;
    if (!isOfThisCore && !looksLikeTensor(x)) {
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `expected a tensor of this ${this.#backend} backend, got ${describe(x)}; make one with backend.tensor(values, shape)`,
      );
    }
    if (!isOfThisCore || x.owner !== this.#owner) {
      const copies = isOfThisCore
        ? ""
        : "; npm ls @batchnorm/core tells whether two copies of it make two of one backend";
      throw new TensorError(
        "ERR_FOREIGN_TENSOR",
        `expected a tensor of this ${this.#backend} backend, got one of another backend, of shape ${describeShape(x.shape)}; copy it with backend.tensor(await x.data(), x.shape)${copies}`,
      );
    }
    x.shared; // throws where it was disposed
    return x;
  }

  state(x: HostTensor<M>): void {
    if (!this.own(x).isState) {
      throw new TensorError(
        "ERR_ALIAS",
        `only a state is written, but a tensor of shape ${describeShape(x.shape)} came; make it with backend.state(values, shape)`,
      );
    }
  }

  sameShape(x: HostTensor<M>, as: HostTensor<M>): void {
    checkSameShape(this.own(x).shape, as.shape);
  }

  batch({ x, view }: Batch<HostTensor<M>>): void {
    checkElements(this.own(x).shape, view);
  }

  pass(pass: Pass<HostTensor<M>>): void {
    this.batch(pass);
    if (pass.weight !== null) this.#perChannel("weight", pass.weight, pass.view);
    if (pass.bias !== null) this.#perChannel("bias", pass.bias, pass.view);
  }

  source(source: HostSource<M>, view: View): void {
    if (looksLikeStatistics(source)) this.statistics(source, view);
    else this.moments(source, view);
  }

  statistics({ mean, variance }: { mean: HostTensor<M>; variance: HostTensor<M> }, view: View): void {
    this.#perChannel("mean", mean, view);
    this.#perChannel("variance", variance, view);
  }

  /** dy beside x. */
  gradient(dy: HostTensor<M>, x: HostTensor<M>): void {
    this.sameShape(dy, x);
    this.#sameType(dy, x, "dy");
  }

  /** A tensor for a result like x. It may be dy, no other of the inputs. */
  out(out: HostTensor<M>, { x, weight, bias }: Pass<HostTensor<M>>, source: HostSource<M> | null): void {
    this.own(out);
    this.sameShape(out, x);
    this.#sameType(out, x, "out");
    const statistics = source === null || isMoments(source) ? [] : [source.mean, source.variance];
    checkOut({
      isX: out.shared === x.shared,
      isState: out.isState,
      isOther: [weight, bias, ...statistics].some((other) => other?.shared === out.shared),
    });
  }

  moments(moments: unknown, view?: View): HostMoments<M> {
    return this.#live(checkOwnPerChannel(moments, HostMoments<M>, this.#owner, this.#says("moments", view)));
  }

  sums(sums: unknown, view?: View): HostGradientSums<M> {
    return this.#live(checkOwnPerChannel(sums, HostGradientSums<M>, this.#owner, this.#says("gradient sums", view)));
  }

  #live<Kind extends HostMoments<M> | HostGradientSums<M>>(own: Kind): Kind {
    own.memory; // throws where they were disposed
    return own;
  }

  #says(what: string, view: View | undefined) {
    return { what, backend: this.#backend, view };
  }

  #perChannel(name: string, x: HostTensor<M>, view: View): void {
    checkOnePerChannel(name, this.own(x).shape, view);
  }

  #sameType(x: HostTensor<M>, as: HostTensor<M>, name: string): void {
    if (x.dtype !== as.dtype) throw new DTypeError(`${name} must be ${as.dtype} as x is, got ${x.dtype}`);
  }
}

function looksLikeTensor(x: unknown): x is Tensor {
  const { shape, data } = Object(x) as Partial<Tensor>;
  return Array.isArray(shape) && typeof data === "function";
}
