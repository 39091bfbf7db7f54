import {
  type Backend,
  type BackwardOptions,
  type Batch,
  type Capabilities,
  type GradientSums,
  type Gradients,
  isMoments,
  type Memory,
  type Moments,
  type Pass,
  type Statistics,
} from "../backend.js";
import { copyFloats, type DType, dtypeFor, type Values } from "../dtype.js";
import {
  channelsOfGradientSums,
  channelsOfMoments,
  checkComputes,
  checkCorrection,
  checkParts,
  checkSumsOf,
  checkValues,
} from "../tensor-checks.js";
import { sizeOf, valuesPerChannel } from "../view.js";
import { HostChecks } from "./checks.js";
import { invStd } from "./coefficients.js";
import type { HostSource, Kernels } from "./kernels.js";
import { type HostMemory, Shared } from "./memory.js";
import { HostGradientSums, HostMoments } from "./per-channel.js";
import { HostTensor } from "./tensor.js";

/**
 * A whole backend out of the kernels of an engine in host memory: tensors, states, handles, checks, ownership, empty
 * batches, merged statistics.
 */
export function hostBackend<M extends HostMemory>(kernels: Kernels<M>): HostBackend<M> {
  return new HostBackend(kernels);
}

/** What `hostBackend` makes. */
export class HostBackend<M extends HostMemory = HostMemory> implements Backend<HostTensor<M>> {
  readonly name: string;
  readonly #kernels: Kernels<M>;
  readonly #check: HostChecks<M>;
  #capabilities: Capabilities;
  #liveBuffers = 0;

  /** @internal */
  constructor(kernels: Kernels<M>) {
    this.name = kernels.name;
    this.#kernels = kernels;
    this.#check = new HostChecks(this, kernels.name);
    this.#capabilities = capabilitiesOf(kernels);
  }

  /** The types that it computes in, and as many threads as compute now. */
  get capabilities(): Capabilities {
    const { threads = 1 } = this.#kernels;
    if (threads !== this.#capabilities.threads) this.#capabilities = capabilitiesOf(this.#kernels);
    return this.#capabilities;
  }

  tensor(values: Values, shape: readonly number[], dtype?: DType): HostTensor<M> {
    return this.#new(values, shape, dtype, false);
  }

  state(values: Values, shape: readonly number[], dtype?: DType): HostTensor<M> {
    return this.#new(values, shape, dtype, true);
  }

  assign(state: HostTensor<M>, from: HostTensor<M>): void {
    this.#checkWritable(state, from);
    state.values.set(from.values);
  }

  axpy(a: number, x: HostTensor<M>, state: HostTensor<M>): void {
    this.#checkWritable(state, x);
    const from = x.values;
    const to = state.values;
    for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + a * (from[i] as number);
  }

  retain(x: HostTensor<M>): HostTensor<M> {
    this.#kernels.checkOpen?.();
    this.#check.own(x);
    if (!x.isState) return new HostTensor(this, x.shape, x.dtype, x.shared.share(), false);
    // a state may be written while it is retained
    const copy = this.#newLike(x);
    copy.values.set(x.values);
    return copy;
  }

  train(pass: Pass<HostTensor<M>>, out: HostTensor<M> | null): { y: HostTensor<M>; moments: HostMoments<M> } {
    const kernels = this.#kernels;
    kernels.checkOpen?.();
    this.#check.pass(pass);
    if (out !== null) this.#check.out(out, pass, null);
    const moments = this.#newMoments(pass);
    let y = out;
    try {
      y ??= this.#newLike(pass.x);
      if (sizeOf(pass.view) === 0) moments.values.fill(0);
      else if (kernels.train !== undefined) kernels.train(pass, moments, y);
      else {
        kernels.moments(pass, moments);
        kernels.apply(pass, moments, y);
      }
      return { y, moments };
    } catch (error) {
      moments.dispose();
      if (out === null) y?.dispose();
      throw error;
    }
  }

  apply(pass: Pass<HostTensor<M>>, source: HostSource<M>, out: HostTensor<M> | null): HostTensor<M> {
    this.#kernels.checkOpen?.();
    this.#check.source(source, pass.view);
    this.#check.pass(pass);
    if (out !== null) this.#check.out(out, pass, source);
    const y = out ?? this.#newLike(pass.x);
    if (sizeOf(pass.view) === 0) return y;
    try {
      this.#kernels.apply(pass, source, y);
      return y;
    } catch (error) {
      if (out === null) y.dispose();
      throw error;
    }
  }

  backward(
    pass: Pass<HostTensor<M>>,
    source: HostSource<M>,
    dy: HostTensor<M>,
    o: BackwardOptions<HostTensor<M>>,
  ): Gradients<HostTensor<M>> {
    this.#kernels.checkOpen?.();
    this.#check.source(source, pass.view);
    checkSumsOf(source, o.sums);
    const given = o.sums === null ? null : this.#check.sums(o.sums, pass.view);
    this.#check.pass(pass);
    this.#check.gradient(dy, pass.x);
    if (o.needs.dx && o.out !== null) this.#check.out(o.out, pass, source);
    const needsAffine = o.needs.affine && (pass.weight !== null || pass.bias !== null);
    const isSummed = given === null && (needsAffine || (o.needs.dx && isMoments(source)));
    const sums = isSummed ? this.#newSums(pass.view.channels) : given;
    try {
      return this.#gradients(pass, source, dy, o, sums);
    } finally {
      if (isSummed) sums?.dispose();
    }
  }

  moments(batch: Batch<HostTensor<M>>): HostMoments<M> {
    this.#kernels.checkOpen?.();
    this.#check.batch(batch);
    const moments = this.#newMoments(batch);
    return this.#filled(moments, sizeOf(batch.view) === 0 ? null : () => this.#kernels.moments(batch, moments));
  }

  gradientSums(pass: Pass<HostTensor<M>>, moments: HostMoments<M>, dy: HostTensor<M>): HostGradientSums<M> {
    this.#kernels.checkOpen?.();
    this.#check.moments(moments, pass.view);
    this.#check.pass(pass);
    this.#check.gradient(dy, pass.x);
    const sums = this.#newSums(pass.view.channels);
    const isEmpty = sizeOf(pass.view) === 0;
    return this.#filled(sums, isEmpty ? null : () => this.#kernels.gradientSums(pass, moments, dy, sums));
  }

  merge<Part extends Moments | GradientSums>(parts: readonly Part[]): Part;
  merge(parts: readonly unknown[]): HostMoments<M> | HostGradientSums<M> {
    this.#kernels.checkOpen?.();
    if (parts[0] instanceof HostGradientSums) {
      const own = parts.map((part) => this.#check.sums(part));
      return this.#newSums(checkParts(own)).merge(own);
    }
    const own = parts.map((part) => this.#check.moments(part));
    const count = own.reduce((sum, part) => sum + part.count, 0);
    return this.#momentsOf(checkParts(own), count).merge(own);
  }

  importMoments(values: Float64Array): HostMoments<M> {
    this.#kernels.checkOpen?.();
    const moments = this.#momentsOf(channelsOfMoments(values), values[0] as number);
    moments.values.set(values.subarray(1));
    return moments;
  }

  importGradientSums(values: Float64Array): HostGradientSums<M> {
    this.#kernels.checkOpen?.();
    const sums = this.#newSums(channelsOfGradientSums(values));
    sums.values.set(values);
    return sums;
  }

  move(running: Statistics<HostTensor<M>>, moments: HostMoments<M>, weight: number, correction: 0 | 1): void {
    this.#kernels.checkOpen?.();
    const { channels, count, values } = this.#check.moments(moments);
    this.#check.state(running.mean);
    this.#check.state(running.variance);
    this.#check.statistics(running, { outer: 1, channels, inner: 1 });
    if (count === 0) return;
    checkCorrection(count, correction);
    const mean = running.mean.values;
    const variance = running.variance.values;
    for (let c = 0; c < channels; c++) {
      const batchVariance = (values[2 * channels + c] as number) / (count - correction);
      mean[c] = (1 - weight) * (mean[c] as number) + weight * (values[c] as number);
      variance[c] = (1 - weight) * (variance[c] as number) + weight * batchVariance;
    }
  }

  async sync(): Promise<void> {}

  /**
   * Buffers in use, by tensors and moments that were not disposed, and bytes kept for use again. In a loop that disposes
   * what it makes both stay the same.
   */
  memory(): Memory {
    return this.#kernels.memory?.() ?? { liveBuffers: this.#liveBuffers, pooledBytes: 0 };
  }

  /** What the engine does when it is closed, see the function that made the backend. */
  close(): void {
    this.#kernels.close?.();
  }

  #checkWritable(state: HostTensor<M>, from: HostTensor<M>): void {
    this.#kernels.checkOpen?.();
    this.#check.state(state);
    this.#check.sameShape(from, state);
  }

  /** The gradients that are asked for, by sums that are given or have to be made; null where none are needed. */
  #gradients(
    pass: Pass<HostTensor<M>>,
    source: HostSource<M>,
    dy: HostTensor<M>,
    { needs, out, sums: given }: BackwardOptions<HostTensor<M>>,
    sums: HostGradientSums<M> | null,
  ): Gradients<HostTensor<M>> {
    const kernels = this.#kernels;
    const { weight, bias, view } = pass;
    const isEmpty = sizeOf(view) === 0;
    let dx: HostTensor<M> | null = null;
    let dweight: HostTensor<M> | null = null;
    let dbias: HostTensor<M> | null = null;
    try {
      if (needs.dx) dx = out ?? this.#newLike(pass.x);
      if (needs.affine && weight !== null) dweight = this.#newLike(weight);
      if (needs.affine && bias !== null) dbias = this.#newLike(bias);
      if (dx === null && dweight === null && dbias === null) return { dx, dweight, dbias };
      if (!isEmpty && kernels.backward !== undefined) {
        kernels.backward(pass, source, dy, { sums, sumsAreGiven: given !== null, dx, dweight, dbias });
        return { dx, dweight, dbias };
      }
      if (given === null && sums !== null) {
        if (isEmpty) sums.values.fill(0);
        else kernels.gradientSums(pass, source, dy, sums);
      }
      // before dx, which may take the place of dy
      if (isEmpty && given === null) dweight?.values.fill(0);
      else if (dweight !== null && sums !== null) writeWeightGradient(pass, source, sums, dweight);
      if (dbias !== null && sums !== null) dbias.values.set(sums.values.subarray(0, sums.channels));
      if (dx !== null && !isEmpty) kernels.inputGradient(pass, source, isMoments(source) ? sums : null, dy, dx);
      return { dx, dweight, dbias };
    } catch (error) {
      if (out === null) dx?.dispose();
      dweight?.dispose();
      dbias?.dispose();
      throw error;
    }
  }

  #new(values: Values, shape: readonly number[], dtype: DType | undefined, isState: boolean): HostTensor<M> {
    this.#kernels.checkOpen?.();
    const type = dtypeFor(values, dtype);
    checkComputes(type, this.#kernels.dtypes, this.name);
    checkValues(values, shape);
    const shared = this.#allocate(type, values.length);
    try {
      copyFloats(values, shared.memory.array);
    } catch (error) {
      shared.release();
      throw error;
    }
    return new HostTensor(this, [...shape], type, shared, isState);
  }

  /** A tensor of the shape and type of another; it has no values yet. */
  #newLike({ shape, dtype }: HostTensor<M>): HostTensor<M> {
    return new HostTensor(this, shape, dtype, this.#allocate(dtype, sizeOf(shape)), false);
  }

  #newMoments({ view }: Batch<HostTensor<M>>): HostMoments<M> {
    return this.#momentsOf(view.channels, valuesPerChannel(view));
  }

  #momentsOf(channels: number, count: number): HostMoments<M> {
    return new HostMoments(this, channels, this.#allocate("float64", 3 * channels), count);
  }

  #newSums(channels: number): HostGradientSums<M> {
    return new HostGradientSums(this, channels, this.#allocate("float64", 2 * channels));
  }

  /** Numbers by channel with what a kernel writes into them, or zeros. */
  #filled<Kind extends HostMoments<M> | HostGradientSums<M>>(made: Kind, kernel: (() => void) | null): Kind {
    try {
      if (kernel === null) made.values.fill(0);
      else kernel();
      return made;
    } catch (error) {
      made.dispose();
      throw error;
    }
  }

  #allocate(dtype: DType, length: number): Shared<M> {
    const shared = new Shared(this.#kernels.allocate(dtype, length), this);
    this.#liveBuffers++;
    return shared;
  }

  /** @internal Takes back what nobody holds any more. */
  release(memory: M): void {
    this.#liveBuffers--;
    this.#kernels.release(memory);
  }
}

/** dweight = sum dz (x - mean) / sqrt(variance + eps) */
function writeWeightGradient(
  pass: Pass<HostTensor>,
  source: HostSource,
  sums: HostGradientSums,
  { values }: HostTensor,
): void {
  const { channels } = sums;
  for (let c = 0; c < channels; c++) values[c] = (sums.values[channels + c] as number) * invStd(source, c, pass.eps);
}

function capabilitiesOf({
  dtypes,
  threads = 1,
  whyOneThread,
}: Pick<Kernels<never>, "dtypes" | "threads" | "whyOneThread">): Capabilities {
  return { dtypes, hostVisible: true, threads, ...(whyOneThread !== undefined && { whyOneThread }) };
}
