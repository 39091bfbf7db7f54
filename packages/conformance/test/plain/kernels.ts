import {
  type Activation,
  type Batch,
  type DType,
  isMoments,
  type Pass,
  type View,
  valuesPerChannel,
} from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import type { HostGradientSums, HostMemory, HostMoments, HostSource, HostTensor, Kernels } from "@batchnorm/core/host";

/** One channel of a pass: d = x - mean, z = d scale + shift. */
export interface Channel {
  readonly std: number;
  readonly scale: number;
  d(i: number): number;
  z(i: number): number;
}

/** Kernels as one writes them from the contract: the formulas in float64, in plain loops, one value after the other. */
export class PlainKernels implements Kernels {
  readonly name = "plain";
  readonly dtypes: readonly DType[] = ["float32", "float64"];

  allocate(dtype: DType, length: number): HostMemory {
    return { array: floatArray(dtype, length) };
  }

  release(): void {}

  /** The mean of a first sum is a little off. What the deviations from it sum to says how much. */
  moments({ x: { values }, view }: Batch<HostTensor>, into: HostMoments): void {
    const { channels } = view;
    const count = valuesPerChannel(view);
    for (let c = 0; c < channels; c++) {
      const first = finiteOr0(values[c * view.inner] as number);
      const about = first + sumOf(view, c, (i) => (values[i] as number) - first) / count;
      const deviations = sumOf(view, c, (i) => (values[i] as number) - about);
      const off = finiteOr0(deviations / count);
      const squares = sumOf(view, c, (i) => ((values[i] as number) - about) ** 2);
      const mean = about + off;
      into.values[c] = mean;
      into.values[channels + c] = finiteOr0(about - mean + off);
      into.values[2 * channels + c] = Math.max(0, squares - (deviations * deviations) / count);
    }
  }

  apply(pass: Pass<HostTensor>, source: HostSource, { values: to }: HostTensor): void {
    const { view, activation } = pass;
    for (let c = 0; c < view.channels; c++) {
      const { z } = this.#channel(pass, source, c);
      each(view, c, (i) => {
        to[i] = activation === "relu" ? Math.max(0, z(i)) : z(i);
      });
    }
  }

  gradientSums(pass: Pass<HostTensor>, source: HostSource, { values: dy }: HostTensor, into: HostGradientSums): void {
    const { view, activation } = pass;
    for (let c = 0; c < view.channels; c++) {
      const { d, z } = this.#channel(pass, source, c);
      const dz = (i: number) => this.masked(dy[i] as number, z(i), activation);
      into.values[c] = sumOf(view, c, dz);
      into.values[view.channels + c] = sumOf(view, c, (i) => dz(i) * d(i));
    }
  }

  inputGradient(
    pass: Pass<HostTensor>,
    source: HostSource,
    sums: HostGradientSums | null,
    { values: dy }: HostTensor,
    { values: dx }: HostTensor,
  ): void {
    const { view, activation } = pass;
    for (let c = 0; c < view.channels; c++) {
      const channel = this.#channel(pass, source, c);
      const { scale, d, z } = channel;
      const terms = this.terms(channel, isMoments(source) ? source.count : 1, sums, c);
      each(view, c, (i) => {
        const dz = this.masked(dy[i] as number, z(i), activation);
        dx[i] = scale * (terms === null ? dz : dz + terms.slope * d(i) + terms.offset);
      });
    }
  }

  protected std(variance: number, eps: number): number {
    return Math.sqrt(variance + eps);
  }

  /** dy, and behind ReLU 0 where z <= 0. */
  protected masked(dy: number, z: number, activation: Activation): number {
    return activation === "relu" && z <= 0 ? 0 : dy;
  }

  /** What dx has besides scale dz, slope d + offset, where mean and variance are the batch's own; null: they are constants. */
  protected terms({ std }: Channel, count: number, sums: HostGradientSums | null, c: number) {
    if (sums === null) return null;
    const [dz, dzCentred] = [sums.values[c] as number, sums.values[sums.channels + c] as number];
    return { slope: -dzCentred / (std * std * count), offset: -dz / count };
  }

  #channel({ x: { values }, weight, bias, eps }: Pass<HostTensor>, source: HostSource, c: number): Channel {
    const { mean, low, variance } = statisticsOf(source, c);
    const std = this.std(variance, eps);
    const scale = (weight?.values[c] ?? 1) / std;
    const shift = bias?.values[c] ?? 0;
    const d = (i: number) => (values[i] as number) - mean - low;
    return { std, scale, d, z: (i) => d(i) * scale + shift };
  }
}

/** The mean, as a sum of two numbers, and the variance that a channel is normalized by. */
function statisticsOf(source: HostSource, c: number) {
  if (!isMoments(source)) {
    return { mean: source.mean.values[c] as number, low: 0, variance: source.variance.values[c] as number };
  }
  const { values, channels, count } = source;
  return {
    mean: values[c] as number,
    low: values[channels + c] as number,
    variance: (values[2 * channels + c] as number) / count,
  };
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
