import { type GradientSums, type Moments, TensorError } from "@batchnorm/core";
import type { GradientSumArrays } from "./kernels/gradient-sums.js";
import type { MomentArrays } from "./kernels/moments.js";
import { add, type Sums, sumOf } from "./kernels/sums.js";
import type { Scratch } from "./scratch.js";

/** Buffers of one number per channel, held until dispose. */
class PerChannel<Arrays> {
  /** @internal the backend that made it */
  readonly owner: object;
  readonly channels: number;
  #arrays: Arrays | null;
  readonly #scratch: Scratch;

  constructor(owner: object, channels: number, scratch: Scratch, arrays: Arrays) {
    this.owner = owner;
    this.channels = channels;
    this.#arrays = arrays;
    this.#scratch = scratch;
  }

  /** @internal */
  get arrays(): Arrays {
    if (this.#arrays === null) {
      throw new TensorError("ERR_DISPOSED", "moments or gradient sums were used after their dispose()");
    }
    return this.#arrays;
  }

  dispose(): void {
    this.#arrays = null;
    this.#scratch.dispose();
  }
}

/** The moments of a batch: mean (high and low part) and sum of squared deviations by channel. */
export class CpuMoments extends PerChannel<MomentArrays> implements Moments {
  readonly count: number;

  constructor(owner: object, channels: number, count: number, scratch: Scratch) {
    super(owner, channels, scratch, {
      mean: scratch.array(),
      meanLow: scratch.array(),
      m2: scratch.array(),
    });
    this.count = count;
  }

  /** The same, to and from one array: `[count, means..., their low parts..., sums of squared deviations...]`. */
  toArray(): Float64Array {
    const { mean, meanLow, m2 } = this.arrays;
    const values = new Float64Array(1 + 3 * this.channels);
    values[0] = this.count;
    for (const [part, array] of [mean, meanLow, m2].entries()) values.set(array, 1 + part * this.channels);
    return values;
  }

  fill(values: Float64Array): this {
    const { channels } = this;
    const { mean, meanLow, m2 } = this.arrays;
    mean.set(values.subarray(1, 1 + channels));
    meanLow.set(values.subarray(1 + channels, 1 + 2 * channels));
    m2.set(values.subarray(1 + 2 * channels));
    return this;
  }

  /**
   * Fills these moments with the merge of parts, about the first part's mean K:
   *
   *     d    = sum n_i (mean_i - K) / n
   *     mean = K + d
   *     M2   = sum (M2_i + n_i (mean_i - K - d)^2)
   *
   * which is Chan, Golub and LeVeque's formula for any number of parts at once.
   */
  merge(parts: readonly CpuMoments[]): this {
    const { mean, meanLow, m2 } = this.arrays;
    const filled = parts.filter((part) => part.count > 0);
    for (let c = 0; c < this.channels; c++) {
      const k = filled[0]?.arrays.mean[c] ?? 0;
      const distance = ({ arrays }: CpuMoments) => arrays.mean[c] - k + arrays.meanLow[c];
      const total = filled.reduce((sum, part) => sum + part.count * distance(part), 0);
      const d = this.count === 0 ? 0 : total / this.count;
      mean[c] = k + d;
      const added = mean[c] - k;
      const low = k - (mean[c] - added) + (d - added);
      meanLow[c] = Number.isFinite(low) ? low : 0;
      m2[c] = filled.reduce((sum, part) => sum + part.arrays.m2[c] + part.count * (distance(part) - d) ** 2, 0);
    }
    return this;
  }
}

/** The two sums of the backward pass by channel. */
export class CpuGradientSums extends PerChannel<GradientSumArrays> implements GradientSums {
  constructor(owner: object, channels: number, scratch: Scratch) {
    super(owner, channels, scratch, { dz: scratch.array(), dzCentred: scratch.array() });
  }

  /** The same, to and from one array: `[sums of dz..., sums of dz (x - mean)...]`. */
  toArray(): Float64Array {
    const { dz, dzCentred } = this.arrays;
    const values = new Float64Array(2 * this.channels);
    values.set(dz);
    values.set(dzCentred, this.channels);
    return values;
  }

  fill(values: Float64Array): this {
    const { dz, dzCentred } = this.arrays;
    dz.set(values.subarray(0, this.channels));
    dzCentred.set(values.subarray(this.channels));
    return this;
  }

  /** Fills these with the sums of the parts, exact enough that their order does not show. */
  merge(parts: readonly CpuGradientSums[]): this {
    const { dz, dzCentred } = this.arrays;
    for (let c = 0; c < this.channels; c++) {
      dz[c] = compensatedSum(parts.map((part) => part.arrays.dz[c]));
      dzCentred[c] = compensatedSum(parts.map((part) => part.arrays.dzCentred[c]));
    }
    return this;
  }
}

function compensatedSum(terms: readonly number[]): number {
  const sums: Sums = { total: new Float64Array(1), lost: new Float64Array(1) };
  for (const term of terms) add(sums, 0, term);
  return sumOf(sums, 0);
}
