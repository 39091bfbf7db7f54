import {
  type Affine,
  type BackwardOptions,
  checkCorrection,
  checkParts,
  type ForwardOptions,
  type From,
  type GradientSums,
  type Moments,
  type Statistics,
  type View,
} from "@batchnorm/core";
import { type Channel, PlainBackend, type T } from "./backend.js";
import { PlainMoments, PlainSums } from "./held.js";

type Plain = new () => PlainBackend;

/** What was wrong with a backend that was written from the documents, and that no check found. */
export const faults = {
  "a term 0 (x - mean) in dx of eval": (Base: Plain): Plain =>
    class extends Base {
      protected override terms(count: number | null, channel: Channel, dz: number, dzCentred: number) {
        return super.terms(count, channel, dz, dzCentred) ?? { slope: 0, offset: 0 };
      }
    },

  "merging about a first mean that is infinite": (Base: Plain): Plain =>
    class extends Base {
      override merge(parts: readonly Moments[]): PlainMoments {
        const own = parts.map((part) => this.check.ownMoments(part));
        const filled = own.filter(({ count }) => count > 0);
        const total = filled.reduce((sum, { count }) => sum + count, 0);
        const merged = new PlainMoments(this, checkParts(own), total, this.live);
        const { mean, meanLow, m2 } = merged.arrays;
        for (let c = 0; filled.length > 0 && c < merged.channels; c++) {
          const first = filled[0]?.arrays.mean[c] as number;
          const distance = ({ arrays }: PlainMoments) =>
            (arrays.mean[c] as number) - first + (arrays.meanLow[c] as number);
          const d = filled.reduce((sum, part) => sum + part.count * distance(part), 0) / total;
          const about = (part: PlainMoments) => (part.arrays.m2[c] as number) + part.count * (distance(part) - d) ** 2;
          mean[c] = first + d;
          meanLow[c] = d - ((mean[c] as number) - first) || 0;
          m2[c] = filled.reduce((sum, part) => sum + about(part), 0);
        }
        return merged;
      }
    },

  "ReLU stopping the gradient at NaN": (Base: Plain): Plain =>
    class extends Base {
      protected override masked(dy: number, z: number, { activation }: ForwardOptions<T>): number {
        return activation === null || z > 0 ? dy : 0;
      }
    },

  "imports that take anything": (Base: Plain): Plain =>
    class extends Base {
      override importMoments(values: Float64Array): PlainMoments {
        const channels = Math.floor(Math.max(0, values.length - 1) / 3);
        const exported = Float64Array.from(values).subarray(0, 1 + 3 * channels);
        return new PlainMoments(this, channels, values[0] as number, this.live).fill(exported);
      }

      override importGradientSums(values: Float64Array): PlainSums {
        const channels = Math.floor(values.length / 2);
        const exported = Float64Array.from(values).subarray(0, 2 * channels);
        return new PlainSums(this, channels, this.live).fill(exported);
      }
    },

  "assign, axpy and move that take any size": (Base: Plain): Plain =>
    class extends Base {
      override assign(to: T, from: T): void {
        this.check.state(to);
        for (const [i, value] of this.check.own(from).values.entries()) to.values[i] = value;
      }

      override axpy(a: number, x: T, state: T): void {
        this.check.state(state);
        for (const [i, value] of this.check.own(x).values.entries()) {
          state.values[i] = (state.values[i] as number) + a * value;
        }
      }

      override move({ mean, variance }: Statistics<T>, moments: Moments, weight: number, correction: 0 | 1): void {
        const own = this.check.ownMoments(moments);
        for (const state of [mean, variance]) this.check.state(state);
        if (own.count === 0) return;
        checkCorrection(own.count, correction);
        for (let c = 0; c < own.channels; c++) {
          const batch = { mean: own.arrays.mean[c] as number, m2: own.arrays.m2[c] as number };
          mean.values[c] = (1 - weight) * (mean.values[c] as number) + weight * batch.mean;
          variance.values[c] =
            (1 - weight) * (variance.values[c] as number) + weight * (batch.m2 / (own.count - correction));
        }
      }
    },

  "dx written into dy": (Base: Plain): Plain =>
    class extends Base {
      override backward(dy: T, x: T, view: View, from: From<T>, p: Affine<T>, o: BackwardOptions<T>) {
        return super.backward(dy, x, view, from, p, { ...o, out: o.out ?? dy });
      }

      override gradients(
        dy: T,
        x: T,
        view: View,
        moments: Moments,
        sums: GradientSums,
        p: Affine<T>,
        o: BackwardOptions<T>,
      ) {
        return super.gradients(dy, x, view, moments, sums, p, { ...o, out: o.out ?? dy });
      }
    },

  "a deviation of 0 taken for a small one": (Base: Plain): Plain =>
    class extends Base {
      protected override std(variance: number, eps: number): number {
        return Math.max(super.std(variance, eps), 1e-12);
      }
    },
} as const;

export type Fault = keyof typeof faults;

/** The plain backend with some faults. */
export function flawed(some: readonly Fault[]): PlainBackend {
  const Flawed = some.reduce<Plain>((Base, fault) => faults[fault](Base), PlainBackend);
  return new Flawed();
}
