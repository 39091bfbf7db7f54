import { type Batch, type DType, isMoments, type Memory, type Pass } from "@batchnorm/core";
import { dtypes } from "@batchnorm/core/checks";
import {
  coefficientsOf,
  type HostGradientSums,
  type HostMoments,
  type HostSource,
  type HostTensor,
  type Kernels,
  rowCount,
} from "@batchnorm/core/host";
import { scratchRows as gradientRows } from "./kernels/gradient-sums.js";
import { scratchRows as momentRows } from "./kernels/moments.js";
import { kernelsFor } from "./kernels.js";
import type { Pool, PoolMemory } from "./pool.js";

export type CpuTensor = HostTensor<PoolMemory>;

type CpuPass = Pass<CpuTensor>;
type CpuSource = HostSource<PoolMemory>;

/**
 * A channel is summed a second time where the sum of its squares exceeds that of its squared deviations by this
 * factor: it costs the variance log2(factor) of float64's 53 bits.
 */
const cancellation = { float32: 2 ** 20, float64: 2 ** 3 } as const;

/** Batch normalization on typed arrays, in memory of a pool. */
export class CpuKernels implements Kernels<PoolMemory> {
  readonly name = "cpu";
  readonly dtypes = dtypes;
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  allocate(dtype: DType, length: number): PoolMemory {
    return this.#pool.take(dtype, length);
  }

  release(memory: PoolMemory): void {
    this.#pool.give(memory);
  }

  moments({ x, view }: Batch<CpuTensor>, into: HostMoments<PoolMemory>): void {
    this.#withScratch(momentRows * view.channels, (scratch) => {
      kernelsFor(x.dtype).moments(x.values, view, cancellation[x.dtype], into.values, scratch);
    });
  }

  apply(pass: CpuPass, source: CpuSource, y: CpuTensor): void {
    const { x, view, activation } = pass;
    this.#withScratch(rowCount * view.channels, (scratch) => {
      const coefficients = coefficientsOf(pass, source, null, scratch);
      kernelsFor(x.dtype).normalize(x.values, y.values, view, coefficients, activation);
    });
  }

  gradientSums(pass: CpuPass, source: CpuSource, dy: CpuTensor, into: HostGradientSums<PoolMemory>): void {
    const { x, view, activation } = pass;
    const all = (rowCount + gradientRows) * view.channels;
    this.#withScratch(all, (scratch) => {
      const coefficients = coefficientsOf(pass, source, null, scratch);
      const sums = scratch.subarray(rowCount * view.channels);
      kernelsFor(x.dtype).gradientSums(dy.values, x.values, view, coefficients, activation, into.values, sums);
    });
  }

  inputGradient(
    pass: CpuPass,
    source: CpuSource,
    sums: HostGradientSums<PoolMemory> | null,
    dy: CpuTensor,
    dx: CpuTensor,
  ): void {
    const { x, view, activation } = pass;
    this.#withScratch(rowCount * view.channels, (scratch) => {
      const coefficients = coefficientsOf(pass, source, sums, scratch);
      const kernels = kernelsFor(x.dtype);
      const kernel = isMoments(source) ? kernels.trainingInputGradient : kernels.inferenceInputGradient;
      kernel(dy.values, x.values, dx.values, view, coefficients, activation);
    });
  }

  memory(): Memory {
    return { liveBuffers: this.#pool.liveBuffers, pooledBytes: this.#pool.freeBytes };
  }

  /** Lets go of the buffers that are kept for use again. The backend goes on working. */
  close(): void {
    this.#pool.clear();
  }

  #withScratch(length: number, work: (scratch: Float64Array) => void): void {
    const memory = this.#pool.take("float64", length);
    try {
      work(memory.array as Float64Array);
    } finally {
      this.#pool.give(memory);
    }
  }
}
