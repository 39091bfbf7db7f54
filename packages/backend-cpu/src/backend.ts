import {
  type Affine,
  type Backend,
  type BackwardOptions,
  type Capabilities,
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
  type GradientSums,
  type Gradients,
  HostChecks,
  type Memory,
  type Moments,
  type Statistics,
  sizeOf,
  type Values,
  type View,
  valuesPerChannel,
} from "@batchnorm/core";
import { fromMoments, fromStatistics } from "./coefficients.js";
import type { Coefficients } from "./kernels/coefficients.js";
import { kernelsFor } from "./kernels.js";
import { CpuGradientSums, CpuMoments } from "./per-channel.js";
import type { Pool } from "./pool.js";
import { Scratch, withScratch } from "./scratch.js";
import { CpuTensor, Storage } from "./tensor.js";

/**
 * A channel is summed a second time where the sum of its squares exceeds that of its squared deviations by this
 * factor: it costs the variance log2(factor) of float64's 53 bits.
 */
const cancellation = { float32: 2 ** 20, float64: 2 ** 3 } as const;

/** Batch normalization on typed arrays. Made by `createCpuBackend`. */
export class CpuBackend implements Backend<CpuTensor> {
  readonly name = "cpu";
  readonly capabilities: Capabilities = { dtypes, hostVisible: true, threads: 1 };
  readonly #pool: Pool;
  readonly #check = new HostChecks<CpuTensor, CpuMoments, CpuGradientSums>(this, "cpu");

  /** @internal */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  tensor(values: Values, shape: readonly number[], dtype?: DType): CpuTensor {
    return this.#new(values, shape, dtype, false);
  }

  state(values: Values, shape: readonly number[], dtype?: DType): CpuTensor {
    return this.#new(values, shape, dtype, true);
  }

  checkState(x: CpuTensor): void {
    this.#check.state(x);
  }

  assign(to: CpuTensor, from: CpuTensor): void {
    this.#check.state(to);
    this.#check.sameSize(from, to);
    to.values.set(from.values);
  }

  axpy(a: number, x: CpuTensor, state: CpuTensor): void {
    this.#check.state(state);
    this.#check.sameSize(x, state);
    const from = x.values;
    const to = state.values;
    for (let i = 0; i < to.length; i++) to[i] += a * from[i];
  }

  retain(x: CpuTensor): CpuTensor {
    this.#check.own(x);
    // a state may be written while it is retained, so that its values are copied; a tensor's buffer is shared
    if (x.isState) return this.tensor(x.values, x.shape, x.dtype);
    return new CpuTensor(this, x.shape, x.dtype, x.storage.share(), false);
  }

  train(x: CpuTensor, view: View, p: Affine<CpuTensor>, o: ForwardOptions<CpuTensor>) {
    const moments = this.moments(x, view);
    try {
      return { y: this.normalize(x, view, moments, p, o), moments };
    } catch (error) {
      moments.dispose();
      throw error;
    }
  }

  infer(
    x: CpuTensor,
    view: View,
    statistics: Statistics<CpuTensor>,
    p: Affine<CpuTensor>,
    o: ForwardOptions<CpuTensor>,
  ): CpuTensor {
    this.#check.statistics(statistics, view);
    return withScratch(this.#pool, view.channels, (scratch) => {
      this.#check.affine(p, view);
      return this.#apply(x, view, fromStatistics(statistics, p, o.eps, scratch), o, inputsOf(p, statistics));
    });
  }

  backward(
    dy: CpuTensor,
    x: CpuTensor,
    view: View,
    from: From<CpuTensor>,
    p: Affine<CpuTensor>,
    o: BackwardOptions<CpuTensor>,
  ): Gradients<CpuTensor> {
    if ("statistics" in from) return this.#backwardOfInference(dy, x, view, from.statistics, p, o);
    const sums = this.gradientSums(dy, x, view, from.moments, p, o);
    try {
      return this.gradients(dy, x, view, from.moments, sums, p, o);
    } finally {
      sums.dispose();
    }
  }

  moments(x: CpuTensor, view: View): CpuMoments {
    this.#check.data(x, view);
    const { channels } = view;
    const result = new CpuMoments(this, channels, valuesPerChannel(view), new Scratch(this.#pool, channels));
    if (result.count === 0) return result.fill(new Float64Array(1 + 3 * channels));
    withScratch(this.#pool, channels, (scratch) => {
      kernelsFor(x.dtype).moments(x.values, view, cancellation[x.dtype], result.arrays, {
        shift: scratch.array(),
        first: { total: scratch.array(), lost: scratch.array() },
        second: { total: scratch.array(), lost: scratch.array() },
      });
    });
    return result;
  }

  merge(parts: readonly Moments[]): CpuMoments {
    const own = parts.map((part) => this.#check.ownMoments(part));
    const channels = checkParts(own);
    const count = own.reduce((sum, part) => sum + part.count, 0);
    return new CpuMoments(this, channels, count, new Scratch(this.#pool, channels)).merge(own);
  }

  async exportMoments(moments: Moments): Promise<Float64Array> {
    return this.#check.ownMoments(moments).toArray();
  }

  importMoments(values: Float64Array): CpuMoments {
    const channels = channelsOfMoments(values);
    return new CpuMoments(this, channels, values[0], new Scratch(this.#pool, channels)).fill(values);
  }

  normalize(x: CpuTensor, view: View, moments: Moments, p: Affine<CpuTensor>, o: ForwardOptions<CpuTensor>): CpuTensor {
    const own = this.#check.ownMoments(moments, view);
    this.#check.affine(p, view);
    return withScratch(this.#pool, view.channels, (scratch) =>
      this.#apply(x, view, fromMoments(own, p, o.eps, scratch), o, inputsOf(p)),
    );
  }

  gradientSums(
    dy: CpuTensor,
    x: CpuTensor,
    view: View,
    moments: Moments,
    p: Affine<CpuTensor>,
    o: BackwardOptions<CpuTensor>,
  ): CpuGradientSums {
    const own = this.#check.ownMoments(moments, view);
    this.#check.affine(p, view);
    return withScratch(this.#pool, view.channels, (scratch) =>
      this.#sum(dy, x, view, fromMoments(own, p, o.eps, scratch), o),
    );
  }

  mergeGradientSums(parts: readonly GradientSums[]): CpuGradientSums {
    const own = parts.map((part) => this.#check.ownSums(part));
    const channels = checkParts(own);
    return new CpuGradientSums(this, channels, new Scratch(this.#pool, channels)).merge(own);
  }

  async exportGradientSums(sums: GradientSums): Promise<Float64Array> {
    return this.#check.ownSums(sums).toArray();
  }

  importGradientSums(values: Float64Array): CpuGradientSums {
    const channels = channelsOfGradientSums(values);
    return new CpuGradientSums(this, channels, new Scratch(this.#pool, channels)).fill(values);
  }

  gradients(
    dy: CpuTensor,
    x: CpuTensor,
    view: View,
    moments: Moments,
    sums: GradientSums,
    p: Affine<CpuTensor>,
    o: BackwardOptions<CpuTensor>,
  ): Gradients<CpuTensor> {
    const own = this.#check.ownMoments(moments, view);
    const ownSums = this.#check.ownSums(sums, view);
    this.#check.affine(p, view);
    this.#check.pair(dy, x, view);
    return withScratch(this.#pool, view.channels, (scratch) => {
      const by = fromMoments(own, p, o.eps, scratch);
      return this.#collect(ownSums, by, p, o, () => {
        const terms = trainingTerms(own.count, ownSums, by, scratch);
        return this.#write(x, view, o.out, inputsOf(p), (dx) =>
          kernelsFor(x.dtype).trainingInputGradient(dy.values, x.values, dx, view, by, terms, o.activation),
        );
      });
    });
  }

  move(running: Statistics<CpuTensor>, moments: Moments, weight: number, correction: 0 | 1): void {
    const own = this.#check.ownMoments(moments);
    this.#check.state(running.mean);
    this.#check.state(running.variance);
    this.#check.statistics(running, { outer: 1, channels: own.channels, inner: 1 });
    if (own.count === 0) return;
    checkCorrection(own.count, correction);
    const { mean, m2 } = own.arrays;
    const runningMean = running.mean.values;
    const runningVariance = running.variance.values;
    for (let c = 0; c < own.channels; c++) {
      runningMean[c] = (1 - weight) * runningMean[c] + weight * mean[c];
      runningVariance[c] = (1 - weight) * runningVariance[c] + weight * (m2[c] / (own.count - correction));
    }
  }

  async sync(): Promise<void> {}

  /**
   * Buffers in use, by tensors and moments that were not disposed, and bytes kept for use again. In a loop that disposes
   * what it makes both stay the same.
   */
  memory(): Memory {
    return { liveBuffers: this.#pool.liveBuffers, pooledBytes: this.#pool.freeBytes };
  }

  /** Lets go of the buffers that are kept for use again. The backend goes on working. */
  close(): void {
    this.#pool.clear();
  }

  #new(values: Values, shape: readonly number[], dtype: DType | undefined, isState: boolean): CpuTensor {
    const type = dtypeFor(values, dtype);
    checkValues(values, shape);
    const storage = new Storage(this.#pool, type, values.length);
    try {
      copyFloats(values, storage.array);
    } catch (error) {
      storage.release();
      throw error;
    }
    return new CpuTensor(this, [...shape], type, storage, isState);
  }

  #backwardOfInference(
    dy: CpuTensor,
    x: CpuTensor,
    view: View,
    statistics: Statistics<CpuTensor>,
    p: Affine<CpuTensor>,
    o: BackwardOptions<CpuTensor>,
  ): Gradients<CpuTensor> {
    this.#check.statistics(statistics, view);
    this.#check.affine(p, view);
    this.#check.pair(dy, x, view);
    return withScratch(this.#pool, view.channels, (scratch) => {
      const by = fromStatistics(statistics, p, o.eps, scratch);
      const sums = needsAffine(p, o) ? this.#sum(dy, x, view, by, o) : null;
      try {
        return this.#collect(sums, by, p, o, () =>
          this.#write(x, view, o.out, inputsOf(p, statistics), (dx) =>
            kernelsFor(x.dtype).inferenceInputGradient(dy.values, x.values, dx, view, by, o.activation),
          ),
        );
      } finally {
        sums?.dispose();
      }
    });
  }

  #apply(
    x: CpuTensor,
    view: View,
    by: Coefficients,
    o: ForwardOptions<CpuTensor>,
    inputs: readonly (CpuTensor | null)[],
  ): CpuTensor {
    this.#check.data(x, view);
    return this.#write(x, view, o.out, inputs, (y) =>
      kernelsFor(x.dtype).normalize(x.values, y, view, by, o.activation),
    );
  }

  #sum(dy: CpuTensor, x: CpuTensor, view: View, by: Coefficients, o: BackwardOptions<CpuTensor>): CpuGradientSums {
    this.#check.pair(dy, x, view);
    const result = new CpuGradientSums(this, view.channels, new Scratch(this.#pool, view.channels));
    withScratch(this.#pool, view.channels, (scratch) => {
      kernelsFor(x.dtype).gradientSums(dy.values, x.values, view, by, o.activation, result.arrays, {
        first: { total: scratch.array(), lost: scratch.array() },
        second: { total: scratch.array(), lost: scratch.array() },
      });
    });
    return result;
  }

  /** A result of the shape and type of x, in `out` or a buffer of its own. */
  #write(
    x: CpuTensor,
    view: View,
    out: CpuTensor | null,
    inputs: readonly (CpuTensor | null)[],
    kernel: (to: CpuTensor["values"]) => void,
  ): CpuTensor {
    if (out !== null) {
      this.#check.out(out, x, inputs);
      kernel(out.values);
      return out;
    }
    const storage = new Storage(this.#pool, x.dtype, sizeOf(view));
    kernel(storage.array);
    return new CpuTensor(this, [...x.shape], x.dtype, storage, false);
  }

  #collect(
    sums: CpuGradientSums | null,
    by: Coefficients,
    p: Affine<CpuTensor>,
    o: BackwardOptions<CpuTensor>,
    dx: () => CpuTensor,
  ): Gradients<CpuTensor> {
    return {
      dx: o.needs.dx ? dx() : null,
      dweight:
        o.needs.affine && sums !== null
          ? this.#parameterGradient(p.weight, (c) => sums.arrays.dzCentred[c] * by.invStd[c])
          : null,
      dbias: o.needs.affine && sums !== null ? this.#parameterGradient(p.bias, (c) => sums.arrays.dz[c]) : null,
    };
  }

  #parameterGradient(parameter: CpuTensor | null, gradient: (c: number) => number): CpuTensor | null {
    if (parameter === null) return null;
    const storage = new Storage(this.#pool, parameter.dtype, parameter.values.length);
    for (let c = 0; c < storage.array.length; c++) storage.array[c] = gradient(c);
    return new CpuTensor(this, parameter.shape, parameter.dtype, storage, false);
  }
}

/** What goes into a result by channel. */
function inputsOf(p: Affine<CpuTensor>, s?: Statistics<CpuTensor>): readonly (CpuTensor | null)[] {
  return s === undefined ? [p.weight, p.bias] : [p.weight, p.bias, s.mean, s.variance];
}

function needsAffine(p: Affine<CpuTensor>, o: BackwardOptions<CpuTensor>): boolean {
  return o.needs.affine && (p.weight !== null || p.bias !== null);
}

/**
 *     dx = scale (dz - dbeta / M) - k (x - mean),   k = scale P / (M (variance + eps))
 *
 * as slope and offset of x - mean.
 */
function trainingTerms(count: number, sums: CpuGradientSums, by: Coefficients, scratch: Scratch) {
  const slope = scratch.array();
  const offset = scratch.array();
  const { dz, dzCentred } = sums.arrays;
  for (let c = 0; c < sums.channels; c++) {
    const dgamma = dzCentred[c] * by.invStd[c];
    slope[c] = -(by.scale[c] * dgamma * by.invStd[c]) / count;
    offset[c] = -(by.scale[c] * dz[c]) / count - by.meanLow[c] * slope[c];
  }
  return { slope, offset };
}
