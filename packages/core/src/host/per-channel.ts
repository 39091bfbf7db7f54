import type { GradientSums, Moments } from "../backend.js";
import { TensorError } from "../errors.js";

/** Moments by channel: the mean as `mean + meanLow`, the sum of squared deviations as `m2`. */
export interface MomentArrays {
  readonly mean: Float64Array;
  readonly meanLow: Float64Array;
  readonly m2: Float64Array;
}

/** By channel: sum dz and sum dz (x - mean), where dz is dy behind the activation. */
export interface GradientSumArrays {
  readonly dz: Float64Array;
  readonly dzCentred: Float64Array;
}

/** Numbers by channel in host memory, held until dispose. */
abstract class HostPerChannel<Arrays> {
  /** The backend that made it. */
  readonly owner: object;
  readonly channels: number;

  constructor(owner: object, channels: number) {
    this.owner = owner;
    this.channels = channels;
  }

  /**
   * @throws TensorError (`ERR_DISPOSED`)
   */
  abstract get arrays(): Arrays;
  abstract get isDisposed(): boolean;
  abstract dispose(): void;

  /**
   * @throws TensorError (`ERR_DISPOSED`)
   */
  checkLive(): void {
    if (!this.isDisposed) return;
    throw new TensorError("ERR_DISPOSED", "moments or gradient sums were used after their dispose()");
  }
}

/** The moments of a batch in host memory: mean (high and low part) and sum of squared deviations by channel. */
export abstract class HostMoments extends HostPerChannel<MomentArrays> implements Moments {
  readonly count: number;

  constructor(owner: object, channels: number, count: number) {
    super(owner, channels);
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
   * which is Chan, Golub and LeVeque's formula for any number of parts at once. Where the first mean is not finite, K is 0:
   * the mean of infinities of one sign is that infinity, of both NaN, and M2 is NaN, whatever the order.
   */
  merge(parts: readonly HostMoments[]): this {
    const { mean, meanLow, m2 } = this.arrays;
    const filled = parts.filter((part) => part.count > 0).map(({ count, arrays }) => ({ count, arrays }));
    for (let c = 0; c < this.channels; c++) {
      const k = finiteOr0(filled[0]?.arrays.mean[c] ?? 0);
      const distance = ({ arrays }: { arrays: MomentArrays }) => at(arrays.mean, c) - k + at(arrays.meanLow, c);
      const total = filled.reduce((sum, part) => sum + part.count * distance(part), 0);
      const d = this.count === 0 ? 0 : total / this.count;
      const merged = k + d;
      const added = merged - k;
      const low = k - (merged - added) + (d - added);
      mean[c] = merged;
      meanLow[c] = finiteOr0(low);
      m2[c] = filled.reduce((sum, part) => sum + at(part.arrays.m2, c) + part.count * (distance(part) - d) ** 2, 0);
    }
    return this;
  }
}

/** The two sums of the backward pass by channel, in host memory. */
export abstract class HostGradientSums extends HostPerChannel<GradientSumArrays> implements GradientSums {
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
  merge(parts: readonly HostGradientSums[]): this {
    const { dz, dzCentred } = this.arrays;
    const filled = parts.map(({ arrays }) => arrays);
    for (let c = 0; c < this.channels; c++) {
      dz[c] = compensatedSum(filled.map((part) => at(part.dz, c)));
      dzCentred[c] = compensatedSum(filled.map((part) => at(part.dzCentred, c)));
    }
    return this;
  }
}

function at(values: Float64Array, c: number): number {
  return values[c] as number;
}

function finiteOr0(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** What each addition rounds off is added up beside it (Knuth's two-sum). */
function compensatedSum(terms: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const term of terms) {
    const after = total + term;
    const added = after - total;
    lost += total - (after - added) + (term - added);
    total = after;
  }
  // not finite: as it is, since the correction is then NaN
  return Number.isFinite(total) ? total + lost : total;
}
