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
  HostChecks,
  type Memory,
  type Moments,
  ResourceError,
  type Statistics,
  sizeOf,
  type Values,
  type View,
  valuesPerChannel,
} from "@batchnorm/core";
import type { Kernels } from "./kernels.js";
import { type Buffer, Buffers } from "./memory/buffers.js";
import type { Heap } from "./memory/heap.js";
import { WasmGradientSums, WasmMoments } from "./per-channel.js";
import { WasmTensor } from "./tensor.js";
import type { Team } from "./threads/team.js";

/**
 * What a `WasmBackend` is made of.
 *
 * @internal
 */
export interface WasmBackendParts {
  readonly kernels: Kernels;
  readonly heap: Heap;
  /** null: the calling thread computes alone */
  readonly team: Team | null;
}

/** Working memory up to this is kept between operations. */
const keptScratchBytes = 65536;

/** Batch normalization in WebAssembly. Made by `createWasmBackend`. */
export class WasmBackend implements Backend<WasmTensor> {
  readonly name = "wasm";
  readonly #kernels: Kernels;
  readonly #buffers: Buffers;
  #scratch: Buffer;
  readonly #check = new HostChecks<WasmTensor, WasmMoments, WasmGradientSums>(this, "wasm");
  #team: Team | null;
  #isClosed = false;

  /** @internal */
  constructor({ kernels, heap, team }: WasmBackendParts) {
    this.#kernels = kernels;
    this.#buffers = new Buffers(heap);
    this.#scratch = this.#buffers.take(keptScratchBytes);
    this.#team = team;
  }

  /** float32, in memory that JavaScript sees; as many threads as compute now. */
  get capabilities(): Capabilities {
    return { dtypes: ["float32"], hostVisible: true, threads: this.#team?.threads ?? 1 };
  }

  tensor(values: Values, shape: readonly number[], dtype?: DType): WasmTensor {
    return this.#new(values, shape, dtype, false);
  }

  state(values: Values, shape: readonly number[], dtype?: DType): WasmTensor {
    return this.#new(values, shape, dtype, true);
  }

  checkState(x: WasmTensor): void {
    this.#checkOpen();
    this.#check.state(x);
  }

  assign(to: WasmTensor, from: WasmTensor): void {
    this.#checkOpen();
    this.#check.state(to);
    this.#check.sameSize(from, to);
    to.values.set(from.values);
  }

  axpy(a: number, x: WasmTensor, state: WasmTensor): void {
    this.#checkOpen();
    this.#check.state(state);
    this.#check.sameSize(x, state);
    this.#kernels.axpy(a, x.storage.address, state.storage.address, sizeOf(x.shape));
  }

  retain(x: WasmTensor): WasmTensor {
    this.#checkOpen();
    this.#check.own(x);
    // a state may be written while it is retained, so that its values are copied; a tensor's buffer is shared
    if (x.isState) return this.#copy(x);
    return new WasmTensor(this, x.shape, x.dtype, x.storage.share(), false);
  }

  train(x: WasmTensor, view: View, p: Affine<WasmTensor>, o: ForwardOptions<WasmTensor>) {
    this.#checkForward(x, view, p, o, inputsOf(p));
    const moments = this.#newMoments(view, valuesPerChannel(view));
    try {
      const y = this.#newOutput(x, o.out);
      try {
        this.#computeMoments(x, view, moments, p, o, y);
        return { y, moments };
      } catch (error) {
        if (o.out === null) y.dispose();
        throw error;
      }
    } catch (error) {
      moments.dispose();
      throw error;
    }
  }

  infer(
    x: WasmTensor,
    view: View,
    statistics: Statistics<WasmTensor>,
    p: Affine<WasmTensor>,
    o: ForwardOptions<WasmTensor>,
  ): WasmTensor {
    this.#check.statistics(statistics, view);
    return this.#apply(x, view, { statistics }, p, o, inputsOf(p, statistics));
  }

  backward(
    dy: WasmTensor,
    x: WasmTensor,
    view: View,
    from: From<WasmTensor>,
    p: Affine<WasmTensor>,
    o: BackwardOptions<WasmTensor>,
  ): Gradients<WasmTensor> {
    if ("moments" in from) this.#check.ownMoments(from.moments, view);
    else this.#check.statistics(from.statistics, view);
    this.#checkBackward(dy, x, view, p, o, "statistics" in from ? inputsOf(p, from.statistics) : inputsOf(p));
    const isSummed = needsAffine(p, o) || ("moments" in from && o.needs.dx);
    const sums = isSummed ? this.#newSums(view.channels) : null;
    try {
      return this.#differentiate(dy, x, view, from, sums, !isSummed, p, o);
    } finally {
      sums?.dispose();
    }
  }

  moments(x: WasmTensor, view: View): WasmMoments {
    this.#checkOpen();
    this.#check.data(x, view);
    const moments = this.#newMoments(view, valuesPerChannel(view));
    try {
      this.#computeMoments(x, view, moments, { weight: null, bias: null }, noOptions, null);
      return moments;
    } catch (error) {
      moments.dispose();
      throw error;
    }
  }

  merge(parts: readonly Moments[]): WasmMoments {
    this.#checkOpen();
    const own = parts.map((part) => this.#check.ownMoments(part));
    const channels = checkParts(own);
    const count = own.reduce((sum, part) => sum + part.count, 0);
    return new WasmMoments(this, channels, count, this.#buffers.take(24 * channels)).merge(own);
  }

  async exportMoments(moments: Moments): Promise<Float64Array> {
    return this.#check.ownMoments(moments).toArray();
  }

  importMoments(values: Float64Array): WasmMoments {
    this.#checkOpen();
    const channels = channelsOfMoments(values);
    const count = values[0] as number;
    return new WasmMoments(this, channels, count, this.#buffers.take(24 * channels)).fill(values);
  }

  normalize(
    x: WasmTensor,
    view: View,
    moments: Moments,
    p: Affine<WasmTensor>,
    o: ForwardOptions<WasmTensor>,
  ): WasmTensor {
    this.#check.ownMoments(moments, view);
    return this.#apply(x, view, { moments }, p, o, inputsOf(p));
  }

  gradientSums(
    dy: WasmTensor,
    x: WasmTensor,
    view: View,
    moments: Moments,
    p: Affine<WasmTensor>,
    o: BackwardOptions<WasmTensor>,
  ): WasmGradientSums {
    this.#check.ownMoments(moments, view);
    this.#checkBackward(dy, x, view, p, null, []);
    const sums = this.#newSums(view.channels);
    try {
      const needs = { dx: false, affine: false };
      this.#differentiate(dy, x, view, { moments }, sums, false, p, { ...o, needs });
      return sums;
    } catch (error) {
      sums.dispose();
      throw error;
    }
  }

  mergeGradientSums(parts: readonly GradientSums[]): WasmGradientSums {
    this.#checkOpen();
    const own = parts.map((part) => this.#check.ownSums(part));
    return this.#newSums(checkParts(own)).merge(own);
  }

  async exportGradientSums(sums: GradientSums): Promise<Float64Array> {
    return this.#check.ownSums(sums).toArray();
  }

  importGradientSums(values: Float64Array): WasmGradientSums {
    this.#checkOpen();
    return this.#newSums(channelsOfGradientSums(values)).fill(values);
  }

  gradients(
    dy: WasmTensor,
    x: WasmTensor,
    view: View,
    moments: Moments,
    sums: GradientSums,
    p: Affine<WasmTensor>,
    o: BackwardOptions<WasmTensor>,
  ): Gradients<WasmTensor> {
    this.#check.ownMoments(moments, view);
    const own = this.#check.ownSums(sums, view);
    this.#checkBackward(dy, x, view, p, o, inputsOf(p));
    return this.#differentiate(dy, x, view, { moments }, own, true, p, o);
  }

  move(running: Statistics<WasmTensor>, moments: Moments, weight: number, correction: 0 | 1): void {
    this.#checkOpen();
    const own = this.#check.ownMoments(moments);
    this.#check.state(running.mean);
    this.#check.state(running.variance);
    this.#check.statistics(running, { outer: 1, channels: own.channels, inner: 1 });
    if (own.count === 0) return;
    checkCorrection(own.count, correction);
    const { mean, variance } = running;
    this.#kernels.moveStatistics(
      mean.storage.address,
      variance.storage.address,
      own.buffer.address,
      own.channels,
      weight,
      own.count - correction,
    );
  }

  async sync(): Promise<void> {}

  /**
   * Buffers in use, by tensors and moments that were not disposed, and bytes kept for use again. In a loop that disposes
   * what it makes both stay the same.
   */
  memory(): Memory {
    return { liveBuffers: this.#buffers.liveBuffers - 1, pooledBytes: this.#buffers.pooledBytes };
  }

  /** Ends the helper threads. What is there can be read; whatever makes or writes something throws from now on. */
  close(): void {
    this.#isClosed = true;
    this.#team?.close();
    this.#team = null;
  }

  #checkOpen(): void {
    if (!this.#isClosed) return;
    throw new ResourceError(
      "ERR_CLOSED",
      "the wasm backend was used after its close(); close it later, or make another with createWasmBackend()",
    );
  }

  #checkForward(
    x: WasmTensor,
    view: View,
    p: Affine<WasmTensor>,
    o: ForwardOptions<WasmTensor>,
    inputs: readonly (WasmTensor | null)[],
  ): void {
    this.#checkOpen();
    this.#check.data(x, view);
    this.#check.affine(p, view);
    if (o.out !== null) this.#check.out(o.out, x, inputs);
  }

  #checkBackward(
    dy: WasmTensor,
    x: WasmTensor,
    view: View,
    p: Affine<WasmTensor>,
    o: BackwardOptions<WasmTensor> | null,
    inputs: readonly (WasmTensor | null)[],
  ): void {
    this.#checkOpen();
    this.#check.affine(p, view);
    this.#check.pair(dy, x, view);
    if (o?.needs.dx && o.out !== null) this.#check.out(o.out, x, inputs);
  }

  #new(values: Values, shape: readonly number[], dtype: DType | undefined, isState: boolean): WasmTensor {
    this.#checkOpen();
    checkComputes(dtypeFor(values, dtype), ["float32"], "wasm");
    checkValues(values, shape);
    const buffer = this.#buffers.take(4 * values.length).sized(values.length);
    try {
      copyFloats(values, buffer.array);
    } catch (error) {
      buffer.release();
      throw error;
    }
    return new WasmTensor(this, [...shape], "float32", buffer, isState);
  }

  #copy(x: WasmTensor): WasmTensor {
    const buffer = this.#bufferFor(sizeOf(x.shape));
    buffer.array.set(x.values);
    return new WasmTensor(this, x.shape, "float32", buffer, false);
  }

  #bufferFor(elements: number): Buffer {
    return this.#buffers.take(4 * elements).sized(elements);
  }

  #newMoments({ channels }: View, count: number): WasmMoments {
    return new WasmMoments(this, channels, count, this.#buffers.take(24 * channels));
  }

  #newSums(channels: number): WasmGradientSums {
    return new WasmGradientSums(this, channels, this.#buffers.take(16 * channels));
  }

  /** A tensor for a result like `like`: `out`, or one of its own. */
  #newOutput(like: WasmTensor, out: WasmTensor | null): WasmTensor {
    return out ?? new WasmTensor(this, like.shape, "float32", this.#bufferFor(sizeOf(like.shape)), false);
  }

  #computeMoments(
    x: WasmTensor,
    view: View,
    moments: WasmMoments,
    p: Affine<WasmTensor>,
    o: Pick<ForwardOptions<WasmTensor>, "eps" | "activation">,
    y: WasmTensor | null,
  ): void {
    if (moments.count === 0) {
      moments.fill(new Float64Array(1 + 3 * view.channels));
      return;
    }
    const touched = () => [moments.buffer, ...buffersOf(x, y)];
    this.#run(view, x, p, o, touched, () => this.#kernels.train(moments.buffer.address, addressOf(y)));
  }

  #apply(
    x: WasmTensor,
    view: View,
    from: From<WasmTensor>,
    p: Affine<WasmTensor>,
    o: ForwardOptions<WasmTensor>,
    inputs: readonly (WasmTensor | null)[],
  ): WasmTensor {
    this.#checkForward(x, view, p, o, inputs);
    const y = this.#newOutput(x, o.out);
    if (sizeOf(view) === 0) return y;
    const { moments, count, mean, variance } = addressesOf(from);
    try {
      this.#run(
        view,
        x,
        p,
        o,
        () => buffersOf(x, y),
        () => this.#kernels.normalize(moments, count, mean, variance, y.storage.address),
      );
    } catch (error) {
      if (o.out === null) y.dispose();
      throw error;
    }
    return y;
  }

  /** The gradients that are asked for, by `sums` that are given or made on the way; null where none are needed. */
  #differentiate(
    dy: WasmTensor,
    x: WasmTensor,
    view: View,
    from: From<WasmTensor>,
    sums: WasmGradientSums | null,
    sumsAreGiven: boolean,
    p: Affine<WasmTensor>,
    o: BackwardOptions<WasmTensor>,
  ): Gradients<WasmTensor> {
    const made: WasmTensor[] = [];
    const make = (like: WasmTensor, out: WasmTensor | null) => {
      const tensor = this.#newOutput(like, out);
      if (out === null) made.push(tensor);
      return tensor;
    };
    try {
      const dx = o.needs.dx ? make(x, o.out) : null;
      const dweight = o.needs.affine && p.weight !== null ? make(p.weight, null) : null;
      const dbias = o.needs.affine && p.bias !== null ? make(p.bias, null) : null;
      const isEmpty = sizeOf(view) === 0;
      if (isEmpty && !sumsAreGiven) sums?.fill(new Float64Array(2 * view.channels));
      const { moments, count, mean, variance } = addressesOf(from);
      // an empty batch has gradients by channel: those of sums that are zeros, or that others have made
      const viewed = isEmpty ? { outer: 1, channels: view.channels, inner: 1 } : view;
      const touched = () => [...(sums === null ? [] : [sums.buffer]), ...buffersOf(x, dy, dx, dweight, dbias)];
      this.#run(viewed, x, p, o, touched, () =>
        this.#kernels.backward(
          dy.storage.address,
          moments,
          count,
          mean,
          variance,
          sums?.buffer.address ?? 0,
          sumsAreGiven || isEmpty,
          isEmpty ? 0 : addressOf(dx),
          addressOf(dweight),
          addressOf(dbias),
        ),
      );
      return { dx, dweight, dbias };
    } catch (error) {
      for (const tensor of made) tensor.dispose();
      throw error;
    }
  }

  /**
   * Runs a kernel with its working memory.
   *
   * @param touched what other threads may still read or write where one is not heard of again
   */
  #run(
    view: View,
    x: WasmTensor,
    p: Affine<WasmTensor>,
    o: Pick<ForwardOptions<WasmTensor>, "eps" | "activation">,
    touched: () => readonly Buffer[],
    kernel: () => number,
  ): void {
    if (view.channels === 0) return;
    const bytes = this.#kernels.plan(view.outer, view.channels, view.inner);
    const scratch = bytes <= keptScratchBytes ? this.#scratch.share() : this.#buffers.take(bytes);
    try {
      this.#kernels.prepare(
        scratch.address,
        this.#team !== null,
        x.storage.address,
        o.eps,
        o.activation === "relu",
        addressOf(p.weight),
        addressOf(p.bias),
      );
      if (!kernel()) this.#loseTeam([scratch, ...touched()]);
    } finally {
      scratch.release();
    }
  }

  /** Goes on without helpers after one has been lost. What it may still touch serves nobody else until all have ended. */
  #loseTeam(touched: readonly Buffer[]): never {
    const team = this.#team as Team;
    this.#team = null;
    for (const buffer of touched) buffer.share();
    if (touched.includes(this.#scratch)) {
      this.#scratch.release();
      this.#scratch = this.#buffers.take(keptScratchBytes);
    }
    void team.terminate().then(() => {
      for (const buffer of touched) buffer.release();
    });
    throw new ResourceError(
      "ERR_THREAD",
      "a helper thread of the wasm backend has taken a part of this operation and has not been heard of since; there is no result, and nothing was changed but what was given as out. Call again: the calling thread computes alone from now on. Another backend has threads again",
    );
  }
}

const noOptions = { eps: 0, activation: null };

function addressOf(x: WasmTensor | null): number {
  return x === null ? 0 : x.storage.address;
}

function buffersOf(...tensors: readonly (WasmTensor | null)[]): Buffer[] {
  return tensors.flatMap((tensor) => tensor?.storage ?? []);
}

/** Where statistics lie: in moments, or in states. */
function addressesOf(from: From<WasmTensor>) {
  if ("moments" in from) {
    const own = from.moments as WasmMoments;
    return { moments: own.buffer.address, count: own.count, mean: 0, variance: 0 };
  }
  const { mean, variance } = from.statistics;
  return { moments: 0, count: 1, mean: mean.storage.address, variance: variance.storage.address };
}

/** What goes into a result by channel. */
function inputsOf(p: Affine<WasmTensor>, s?: Statistics<WasmTensor>): readonly (WasmTensor | null)[] {
  return s === undefined ? [p.weight, p.bias] : [p.weight, p.bias, s.mean, s.variance];
}

function needsAffine(p: Affine<WasmTensor>, o: BackwardOptions<WasmTensor>): boolean {
  return o.needs.affine && (p.weight !== null || p.bias !== null);
}
