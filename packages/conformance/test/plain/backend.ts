import {
  type Affine,
  type Backend,
  type BackwardOptions,
  channelsOfGradientSums,
  channelsOfMoments,
  checkCorrection,
  checkParts,
  checkValues,
  copyFloats,
  type DType,
  dtypeFor,
  dtypes,
  type ForwardOptions,
  type From,
  floatArray,
  type GradientSums,
  type Gradients,
  HostChecks,
  HostTensor,
  type Moments,
  type Statistics,
  type Values,
  type View,
  valuesPerChannel,
} from "@batchnorm/core";
import { type Live, PlainMoments, PlainStorage, PlainSums } from "./held.js";

/** A tensor of it. */
export type T = HostTensor<PlainStorage>;

/** The mean, as a sum of two numbers, and the variance that each channel is normalized by. */
type Normalizers = (c: number) => { readonly mean: number; readonly low: number; readonly variance: number };

/** One channel: d = x - mean, z = d scale + shift. */
export interface Channel {
  readonly std: number;
  readonly scale: number;
  d(i: number): number;
  z(i: number): number;
}

/** A backend as one writes it from the contract: the formulas in float64, in plain loops, one value after the other. */
export class PlainBackend implements Backend<T> {
  readonly name = "plain";
  readonly capabilities = { dtypes, hostVisible: true, threads: 1 };
  protected readonly check = new HostChecks<T, PlainMoments, PlainSums>(this, "plain");
  protected readonly live: Live = { buffers: 0 };

  tensor(values: Values, shape: readonly number[], dtype?: DType): T {
    return this.#made(values, shape, dtype, false);
  }

  state(values: Values, shape: readonly number[], dtype?: DType): T {
    return this.#made(values, shape, dtype, true);
  }

  checkState(x: T): void {
    this.check.state(x);
  }

  assign(to: T, from: T): void {
    this.check.state(to);
    this.check.sameSize(from, to);
    to.values.set(from.values);
  }

  axpy(a: number, x: T, state: T): void {
    this.check.state(state);
    this.check.sameSize(x, state);
    const to = state.values;
    for (const [i, value] of x.values.entries()) to[i] = (to[i] as number) + a * value;
  }

  /** A state may be written later: its values are copied, those of a tensor are shared. */
  retain(x: T): T {
    this.check.own(x);
    if (x.isState) return this.tensor(x.values, x.shape, x.dtype);
    return new HostTensor(this, x.shape, x.dtype, x.storage.share(), false);
  }

  train(x: T, view: View, p: Affine<T>, o: ForwardOptions<T>) {
    const moments = this.moments(x, view);
    try {
      return { y: this.normalize(x, view, moments, p, o), moments };
    } catch (error) {
      moments.dispose();
      throw error;
    }
  }

  infer(x: T, view: View, s: Statistics<T>, p: Affine<T>, o: ForwardOptions<T>): T {
    this.check.statistics(s, view);
    return this.#forward(x, view, byStatistics(s), p, o, [s.mean, s.variance]);
  }

  normalize(x: T, view: View, moments: Moments, p: Affine<T>, o: ForwardOptions<T>): T {
    return this.#forward(x, view, byMoments(this.check.ownMoments(moments, view)), p, o, []);
  }

  backward(dy: T, x: T, view: View, from: From<T>, p: Affine<T>, o: BackwardOptions<T>): Gradients<T> {
    if ("statistics" in from) this.check.statistics(from.statistics, view);
    const by = "moments" in from ? byMoments(this.check.ownMoments(from.moments, view)) : byStatistics(from.statistics);
    const sums = this.#sums(dy, x, view, by, p, o);
    try {
      if ("moments" in from) return this.gradients(dy, x, view, from.moments, sums, p, o);
      const { mean, variance } = from.statistics;
      return this.#gradients(dy, x, view, by, null, sums, p, o, [mean, variance]);
    } finally {
      sums.dispose();
    }
  }

  /** The mean of a first sum is a little off. What the deviations from it sum to says how much. */
  moments(x: T, view: View): PlainMoments {
    this.check.data(x, view);
    const { values } = x;
    const count = valuesPerChannel(view);
    const moments = new PlainMoments(this, view.channels, count, this.live);
    const { mean, meanLow, m2 } = moments.arrays;
    for (let c = 0; count > 0 && c < view.channels; c++) {
      const first = finiteOr0(values[c * view.inner] as number);
      const about = first + sumOf(view, c, (i) => (values[i] as number) - first) / count;
      const deviations = sumOf(view, c, (i) => (values[i] as number) - about);
      const off = finiteOr0(deviations / count);
      mean[c] = about + off;
      meanLow[c] = finiteOr0(about - (mean[c] as number) + off);
      const squares = sumOf(view, c, (i) => ((values[i] as number) - about) ** 2);
      m2[c] = Math.max(0, squares - (deviations * deviations) / count);
    }
    return moments;
  }

  merge(parts: readonly Moments[]): PlainMoments {
    const own = parts.map((part) => this.check.ownMoments(part));
    const count = own.reduce((sum, part) => sum + part.count, 0);
    return new PlainMoments(this, checkParts(own), count, this.live).merge(own);
  }

  async exportMoments(moments: Moments): Promise<Float64Array> {
    return this.check.ownMoments(moments).toArray();
  }

  importMoments(values: Float64Array): PlainMoments {
    return new PlainMoments(this, channelsOfMoments(values), values[0] as number, this.live).fill(values);
  }

  gradientSums(dy: T, x: T, view: View, moments: Moments, p: Affine<T>, o: BackwardOptions<T>): PlainSums {
    return this.#sums(dy, x, view, byMoments(this.check.ownMoments(moments, view)), p, o);
  }

  mergeGradientSums(parts: readonly GradientSums[]): PlainSums {
    const own = parts.map((part) => this.check.ownSums(part));
    return new PlainSums(this, checkParts(own), this.live).merge(own);
  }

  async exportGradientSums(sums: GradientSums): Promise<Float64Array> {
    return this.check.ownSums(sums).toArray();
  }

  importGradientSums(values: Float64Array): PlainSums {
    return new PlainSums(this, channelsOfGradientSums(values), this.live).fill(values);
  }

  gradients(
    dy: T,
    x: T,
    view: View,
    moments: Moments,
    sums: GradientSums,
    p: Affine<T>,
    o: BackwardOptions<T>,
  ): Gradients<T> {
    const own = this.check.ownMoments(moments, view);
    return this.#gradients(dy, x, view, byMoments(own), own.count, this.check.ownSums(sums, view), p, o, []);
  }

  move(running: Statistics<T>, moments: Moments, weight: number, correction: 0 | 1): void {
    const own = this.check.ownMoments(moments);
    this.check.state(running.mean);
    this.check.state(running.variance);
    this.check.statistics(running, { outer: 1, channels: own.channels, inner: 1 });
    if (own.count === 0) return;
    checkCorrection(own.count, correction);
    const { mean, m2 } = own.arrays;
    const towards = ({ values }: T, batch: (c: number) => number) =>
      values.forEach((value, c) => {
        values[c] = (1 - weight) * value + weight * batch(c);
      });
    towards(running.mean, (c) => mean[c] as number);
    towards(running.variance, (c) => (m2[c] as number) / (own.count - correction));
  }

  async sync(): Promise<void> {}

  memory() {
    return { liveBuffers: this.live.buffers, pooledBytes: 0 };
  }

  protected std(variance: number, eps: number): number {
    return Math.sqrt(variance + eps);
  }

  /** dy, and behind ReLU 0 where z <= 0. */
  protected masked(dy: number, z: number, { activation }: ForwardOptions<T>): number {
    return activation === "relu" && z <= 0 ? 0 : dy;
  }

  /**
   * What dx has besides scale dz, slope d + offset, where mean and variance are the batch's own.
   *
   * @param count null: they are constants
   */
  protected terms(count: number | null, { std }: Channel, dz: number, dzCentred: number) {
    return count === null ? null : { slope: -dzCentred / (std * std * count), offset: -dz / count };
  }

  #made(values: Values, shape: readonly number[], dtype: DType | undefined, isState: boolean): T {
    const type = dtypeFor(values, dtype);
    checkValues(values, shape);
    const array = floatArray(type, values.length);
    copyFloats(values, array);
    return new HostTensor(this, [...shape], type, new PlainStorage(array, this.live), isState);
  }

  #like({ shape, dtype, values }: T): T {
    return new HostTensor(this, shape, dtype, new PlainStorage(floatArray(dtype, values.length), this.live), false);
  }

  /** A tensor for a result like x. */
  #result(x: T, { out }: ForwardOptions<T>, inputs: readonly (T | null)[]): T {
    if (out === null) return this.#like(x);
    this.check.out(out, x, inputs);
    return out;
  }

  #channel({ values }: T, by: Normalizers, { weight, bias }: Affine<T>, eps: number, c: number): Channel {
    const { mean, low, variance } = by(c);
    const std = this.std(variance, eps);
    const scale = (weight?.values[c] ?? 1) / std;
    const shift = bias?.values[c] ?? 0;
    const d = (i: number) => (values[i] as number) - mean - low;
    return { std, scale, d, z: (i) => d(i) * scale + shift };
  }

  #forward(x: T, view: View, by: Normalizers, p: Affine<T>, o: ForwardOptions<T>, statistics: readonly T[]): T {
    this.check.data(x, view);
    this.check.affine(p, view);
    const y = this.#result(x, o, [p.weight, p.bias, ...statistics]);
    const to = y.values;
    for (let c = 0; c < view.channels; c++) {
      const { z } = this.#channel(x, by, p, o.eps, c);
      each(view, c, (i) => {
        to[i] = o.activation === "relu" ? Math.max(0, z(i)) : z(i);
      });
    }
    return y;
  }

  #sums(dy: T, x: T, view: View, by: Normalizers, p: Affine<T>, o: BackwardOptions<T>): PlainSums {
    this.check.affine(p, view);
    this.check.pair(dy, x, view);
    const sums = new PlainSums(this, view.channels, this.live);
    const { dz, dzCentred } = sums.arrays;
    const { values } = dy;
    for (let c = 0; c < view.channels; c++) {
      const { d, z } = this.#channel(x, by, p, o.eps, c);
      const dzOf = (i: number) => this.masked(values[i] as number, z(i), o);
      dz[c] = sumOf(view, c, dzOf);
      dzCentred[c] = sumOf(view, c, (i) => dzOf(i) * d(i));
    }
    return sums;
  }

  #gradients(
    dy: T,
    x: T,
    view: View,
    by: Normalizers,
    count: number | null,
    sums: PlainSums,
    p: Affine<T>,
    o: BackwardOptions<T>,
    statistics: readonly T[],
  ): Gradients<T> {
    this.check.affine(p, view);
    this.check.pair(dy, x, view);
    const dx = o.needs.dx ? this.#result(x, o, [p.weight, p.bias, ...statistics]) : null;
    const dweight = o.needs.affine && p.weight !== null ? this.#like(p.weight) : null;
    const dbias = o.needs.affine && p.bias !== null ? this.#like(p.bias) : null;
    for (let c = 0; c < view.channels; c++) {
      const [dz, dzCentred] = [sums.arrays.dz[c] as number, sums.arrays.dzCentred[c] as number];
      const channel = this.#channel(x, by, p, o.eps, c);
      const { std, scale, d, z } = channel;
      if (dweight !== null) dweight.values[c] = dzCentred / std;
      if (dbias !== null) dbias.values[c] = dz;
      if (dx === null) continue;
      const [from, to] = [dy.values, dx.values];
      const terms = this.terms(count, channel, dz, dzCentred);
      each(view, c, (i) => {
        const own = this.masked(from[i] as number, z(i), o);
        to[i] = scale * (terms === null ? own : own + terms.slope * d(i) + terms.offset);
      });
    }
    return { dx, dweight, dbias };
  }
}

function byStatistics({ mean, variance }: Statistics<T>): Normalizers {
  return (c) => ({ mean: mean.values[c] as number, low: 0, variance: variance.values[c] as number });
}

/** An empty batch deviates by nothing. */
function byMoments({ count, arrays: { mean, meanLow, m2 } }: PlainMoments): Normalizers {
  return (c) => ({
    mean: mean[c] as number,
    low: meanLow[c] as number,
    variance: (m2[c] as number) / Math.max(count, 1),
  });
}

/** The places of channel c, in the order of memory. */
function each({ outer, channels, inner }: View, c: number, visit: (i: number) => void): void {
  for (let o = 0; o < outer; o++) {
    const start = (o * channels + c) * inner;
    for (let i = start; i < start + inner; i++) visit(i);
  }
}

function sumOf(view: View, c: number, term: (i: number) => number): number {
  let sum = 0;
  each(view, c, (i) => {
    sum += term(i);
  });
  return sum;
}

function finiteOr0(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
