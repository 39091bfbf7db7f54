/**
 * The specification as a backend: the plainest kernels that pass the whole suite. Start from a copy of this file, see
 * docs/write-a-backend.md.
 */
import { type Batch, isMoments, type Pass } from "@batchnorm/core";
import {
  coefficientsOf,
  type HostBackend,
  type HostGradientSums,
  type HostMemory,
  type HostMoments,
  type HostSource,
  type HostTensor,
  hostBackend,
  type Kernels,
  rows,
} from "@batchnorm/core/host";
import { gather, mean, scatter, sum, variance } from "@batchnorm/core/specification";

export function createReferenceBackend(): HostBackend {
  return hostBackend(kernels);
}

const kernels: Kernels = {
  name: "reference",
  dtypes: ["float32", "float64"],

  allocate: (dtype, length): HostMemory => ({
    array: dtype === "float32" ? new Float32Array(length) : new Float64Array(length),
  }),
  release: () => {},

  moments({ x, view }: Batch<HostTensor>, into: HostMoments): void {
    for (let c = 0; c < view.channels; c++) {
      const values = gather(x.values, view, c);
      const mu = mean(values);
      const deviations = values.map((value) => value - mu);
      const low = mean(deviations); // what float64 has no room for in mu
      into.values[c] = mu;
      into.values[view.channels + c] = Number.isFinite(low) ? low : 0;
      into.values[2 * view.channels + c] = variance(deviations, low) * values.length;
    }
  },

  apply(pass: Pass<HostTensor>, source: HostSource, y: HostTensor): void {
    const { x, view, activation } = pass;
    const coefficients = coefficientsOf(pass, source);
    for (let c = 0; c < view.channels; c++) {
      const z = gather(x.values, view, c).map(zOf(channelOf(coefficients, c)));
      scatter(activation === "relu" ? z.map((zi) => Math.max(zi, 0)) : z, y.values, view, c);
    }
  },

  gradientSums(pass: Pass<HostTensor>, source: HostSource, dy: HostTensor, into: HostGradientSums): void {
    const { x, view } = pass;
    const coefficients = coefficientsOf(pass, source);
    for (let c = 0; c < view.channels; c++) {
      const channel = channelOf(coefficients, c);
      const values = gather(x.values, view, c);
      const dz = behindActivation(pass, channel, values, gather(dy.values, view, c));
      into.values[c] = sum(dz.length, (i) => at(dz, i));
      into.values[view.channels + c] = sum(dz.length, (i) => at(dz, i) * deviation(channel, at(values, i)));
    }
  },

  inputGradient(pass: Pass<HostTensor>, source: HostSource, sums, dy: HostTensor, dx: HostTensor): void {
    const { x, view } = pass;
    const coefficients = coefficientsOf(pass, source, sums);
    for (let c = 0; c < view.channels; c++) {
      const channel = channelOf(coefficients, c);
      const values = gather(x.values, view, c);
      const own = behindActivation(pass, channel, values, gather(dy.values, view, c)).map((dz) => dz * channel.scale);
      const shared = (i: number) => (at(values, i) - channel.mean) * channel.slope + channel.offset;
      scatter(isMoments(source) ? own.map((term, i) => term + shared(i)) : own, dx.values, view, c);
    }
  },
};

type Channel = Readonly<Record<keyof typeof rows, number>>;

/** What is applied to one channel. */
function channelOf(coefficients: Float64Array, c: number): Channel {
  const channels = coefficients.length / Object.keys(rows).length;
  const entries = Object.entries(rows).map(([name, row]) => [name, at(coefficients, row * channels + c)]);
  return Object.fromEntries(entries) as Channel;
}

/** z = (x - mean) scale + shift */
function zOf({ mean, scale, shift }: Channel): (x: number) => number {
  return (x) => (x - mean) * scale + shift;
}

function deviation({ mean, meanLow }: Channel, x: number): number {
  return x - mean - meanLow;
}

/** dz: dy, and 0 where ReLU cut z off. A NaN is not cut off. */
function behindActivation(
  { activation }: Pass<HostTensor>,
  channel: Channel,
  x: Float64Array,
  dy: Float64Array,
): Float64Array {
  if (activation !== "relu") return dy;
  const z = x.map(zOf(channel));
  return dy.map((dyI, i) => (at(z, i) <= 0 ? 0 : dyI));
}

function at(values: Float64Array, i: number): number {
  return values[i] as number;
}
