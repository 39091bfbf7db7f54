import type { GradientSums, Moments } from "../backend.js";
import { TensorError } from "../errors.js";
import type { HostMemory, Shared } from "./memory.js";

/** Rows of one float64 per channel in an engine's memory, held until dispose. */
class HostPerChannel<M extends HostMemory> {
  /** The backend that made it. */
  readonly owner: object;
  readonly channels: number;
  #shared: Shared<M> | null;

  /** @internal */
  constructor(owner: object, channels: number, shared: Shared<M>) {
    this.owner = owner;
    this.channels = channels;
    this.#shared = shared;
  }

  /** One row after the other. */
  get values(): Float64Array {
    return this.memory.array as Float64Array;
  }

  /**
   * What the engine keeps them in.
   *
   * @throws TensorError (`ERR_DISPOSED`)
   */
  get memory(): M {
    if (this.#shared !== null) return this.#shared.memory;
    throw new TensorError(
      "ERR_DISPOSED",
      "moments or gradient sums were used after their dispose(); dispose them later, or keep what export() gives",
    );
  }

  /** Gives the memory back to the backend. Once is enough; again does nothing. */
  dispose(): void {
    this.#shared?.release();
    this.#shared = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The moments of a batch in host memory. By channel: the mean, its low part, the sum of squared deviations. */
export class HostMoments<M extends HostMemory = HostMemory> extends HostPerChannel<M> implements Moments {
  readonly count: number;

  /** @internal */
  constructor(owner: object, channels: number, shared: Shared<M>, count: number) {
    super(owner, channels, shared);
    this.count = count;
  }

  async export(): Promise<Float64Array> {
    const values = new Float64Array(1 + 3 * this.channels);
    values[0] = this.count;
    values.set(this.values, 1);
    return values;
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
   *
   * @internal
   */
  merge(parts: readonly HostMoments<M>[]): this {
    const { channels, count, values } = this;
    const filled = parts.filter((part) => part.count > 0).map((part) => ({ n: part.count, of: part.values }));
    const [first, ...others] = filled;
    if (first !== undefined && others.length === 0) {
      values.set(first.of); // to the bit
      return this;
    }
    for (let c = 0; c < channels; c++) {
      const k = first === undefined ? 0 : finiteOr0(at(first.of, c));
      const distance = (of: Float64Array) => at(of, c) - k + at(of, channels + c);
      const d = filled.reduce((sum, { n, of }) => sum + n * distance(of), 0) / (count || 1);
      const merged = k + d;
      const added = merged - k;
      const low = k - (merged - added) + (d - added);
      values[c] = merged;
      values[channels + c] = finiteOr0(low);
      values[2 * channels + c] = filled.reduce(
        (sum, { n, of }) => sum + at(of, 2 * channels + c) + n * (distance(of) - d) ** 2,
        0,
      );
    }
    return this;
  }
}

/** The two sums of the backward pass in host memory. By channel: sum dz, and sum dz (x - mean). */
export class HostGradientSums<M extends HostMemory = HostMemory> extends HostPerChannel<M> implements GradientSums {
  async export(): Promise<Float64Array> {
    return this.values.slice();
  }

  /**
   * Fills these with the sums of the parts, exact enough that their order does not show.
   *
   * @internal
   */
  merge(parts: readonly HostGradientSums<M>[]): this {
    const { values } = this;
    for (let i = 0; i < values.length; i++) values[i] = compensatedSum(parts.map((part) => at(part.values, i)));
    return this;
  }
}

function at(values: Float64Array, i: number): number {
  return values[i] as number;
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
