import type { Activation, BackwardOptions, GradientSums, Moments, Pass, Statistics } from "@batchnorm/core";
import {
  HostBackend,
  type HostGradientSums,
  HostMoments,
  type HostSource,
  type HostTensor,
  type Kernels,
} from "@batchnorm/core/host";
import { type Channel, PlainKernels } from "./kernels.js";

type HostBackendClass = new (kernels: Kernels) => HostBackend;

/** What a fault changes: what kernels compute, or what is derived of them. */
interface Fault {
  readonly kernels?: (Base: typeof PlainKernels) => typeof PlainKernels;
  readonly backend?: (Base: HostBackendClass) => HostBackendClass;
}

/** What was wrong with a backend that was written from the documents, and that no check found. */
export const faults = {
  "a term 0 (x - mean) in dx of eval": {
    kernels: (Base) =>
      class extends Base {
        protected override terms(channel: Channel, count: number, sums: HostGradientSums | null, c: number) {
          return super.terms(channel, count, sums, c) ?? { slope: 0, offset: 0 };
        }
      },
  },

  "merging about a first mean that is infinite": {
    backend: (Base) =>
      class extends Base {
        override merge<Part extends Moments | GradientSums>(parts: readonly Part[]): Part {
          const merged = super.merge(parts);
          if (!("count" in merged)) return merged;
          const [first, ...others] = (parts as unknown as readonly HostMoments[]).filter(({ count }) => count > 0);
          if (first === undefined || others.length === 0) return merged;
          const { values, channels } = merged as unknown as HostMoments;
          for (let c = 0; c < channels; c++) {
            // Infinity - Infinity
            if (!Number.isFinite(first.values[c] as number)) values[c] = Number.NaN;
          }
          return merged;
        }
      },
  },

  "ReLU stopping the gradient at NaN": {
    kernels: (Base) =>
      class extends Base {
        protected override masked(dy: number, z: number, activation: Activation): number {
          return activation === null || z > 0 ? dy : 0;
        }
      },
  },

  "imports that take anything": {
    backend: (Base) =>
      class extends Base {
        override importMoments(values: Float64Array): HostMoments {
          const channels = Math.floor(Math.max(0, (values?.length ?? 0) - 1) / 3);
          const fitting = new Float64Array(1 + 3 * Math.max(1, channels));
          fitting.set(Array.from(values ?? []).slice(0, 1 + 3 * channels));
          if (!(Number.isSafeInteger(fitting[0]) && (fitting[0] as number) >= 0)) fitting[0] = 1;
          return super.importMoments(fitting);
        }

        override importGradientSums(values: Float64Array): HostGradientSums {
          const channels = Math.floor((values?.length ?? 0) / 2);
          const fitting = new Float64Array(2 * Math.max(1, channels));
          fitting.set(Array.from(values ?? []).slice(0, 2 * channels));
          return super.importGradientSums(fitting);
        }
      },
  },

  "assign, axpy and move that take any size": {
    backend: (Base) =>
      class extends Base {
        override assign(state: HostTensor, from: HostTensor): void {
          if (!writes(this, state, from)) super.assign(state, from);
          else for (const [i, value] of from.values.entries()) state.values[i] = value;
        }

        override axpy(a: number, x: HostTensor, state: HostTensor): void {
          if (!writes(this, state, x)) super.axpy(a, x, state);
          else for (const [i, value] of x.values.entries()) state.values[i] = (state.values[i] as number) + a * value;
        }

        override move(running: Statistics<HostTensor>, moments: HostMoments, weight: number, correction: 0 | 1): void {
          const { mean, variance } = running;
          const own =
            moments instanceof HostMoments &&
            moments.owner === this &&
            writes(this, mean, variance) &&
            writes(this, variance, mean);
          if (!own || moments.count <= correction) {
            super.move(running, moments, weight, correction);
            return;
          }
          const { values, channels, count } = moments;
          for (let c = 0; c < channels; c++) {
            const batchVariance = (values[2 * channels + c] as number) / (count - correction);
            mean.values[c] = (1 - weight) * (mean.values[c] as number) + weight * (values[c] as number);
            variance.values[c] = (1 - weight) * (variance.values[c] as number) + weight * batchVariance;
          }
        }
      },
  },

  "dx written into dy": {
    backend: (Base) =>
      class extends Base {
        override backward(pass: Pass<HostTensor>, source: HostSource, dy: HostTensor, o: BackwardOptions<HostTensor>) {
          return super.backward(pass, source, dy, { ...o, out: o.out ?? dy });
        }
      },
  },

  "a deviation of 0 taken for a small one": {
    kernels: (Base) =>
      class extends Base {
        protected override std(variance: number, eps: number): number {
          return Math.max(super.std(variance, eps), 1e-12);
        }
      },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

/** Whether a state and what is written into it are tensors of a backend that live: all that is asked. */
function writes(backend: HostBackend, state: HostTensor, from: HostTensor): boolean {
  return [state, from].every((one) => one?.owner === backend && isLive(one)) && state.isState;
}

function isLive(tensor: HostTensor): boolean {
  try {
    return tensor.values.length >= 0;
  } catch {
    return false;
  }
}

/** The plain backend with some faults. */
export function flawed(some: readonly FaultName[]): HostBackend {
  const chosen = some.map((name): Fault => faults[name]);
  const Kernels = chosen.reduce((Base, { kernels = (same) => same }) => kernels(Base), PlainKernels);
  const Backend = chosen.reduce((Base, { backend = (same) => same }) => backend(Base), HostBackend as HostBackendClass);
  return new Backend(new Kernels());
}
