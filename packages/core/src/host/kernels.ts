import type { Batch, Memory, Pass, Statistics } from "../backend.js";
import type { DType } from "../dtype.js";
import type { HostMemory } from "./memory.js";
import type { HostGradientSums, HostMoments } from "./per-channel.js";
import type { HostTensor } from "./tensor.js";

/** What a fused backward pass writes. Those that are null are not asked for. */
export interface BackwardResults<M extends HostMemory> {
  /** null: none are needed */
  readonly sums: HostGradientSums<M> | null;
  /** whether the sums are given, to be read; else they are made of dy and x on the way */
  readonly sumsAreGiven: boolean;
  readonly dx: HostTensor<M> | null;
  readonly dweight: HostTensor<M> | null;
  readonly dbias: HostTensor<M> | null;
}

/**
 * What an engine in host memory supplies; `hostBackend(kernels)` makes a whole backend of it.
 *
 * A kernel writes its last argument. All that it is given has been checked: tensors are alive and fit their view, which is
 * not empty. Results and dy have the type of x; parameters and statistics may have another; moments and sums are float64. dx
 * may be dy. A kernel that throws has kept nothing.
 */
export interface Kernels<M extends HostMemory = HostMemory> {
  /** as people read it: "cpu" */
  readonly name: string;
  /** the types that it computes in */
  readonly dtypes: readonly DType[];
  /** how many threads compute now; 1 by default */
  readonly threads?: number;
  /** why it is one though the engine could have more, and what to do */
  readonly whyOneThread?: string | undefined;

  /** Memory for so many values, whatever stands in it. */
  allocate(dtype: DType, length: number): M;
  release(memory: M): void;

  /** By channel: mean, its low part, sum of squared deviations, one row after the other. */
  moments(batch: Batch<HostTensor<M>>, into: HostMoments<M>): void;
  /** `y = activation((x - mean) scale + shift)`, by `coefficientsOf(pass, source)` or what the engine makes of them. */
  apply(pass: Pass<HostTensor<M>>, source: HostSource<M>, y: HostTensor<M>): void;
  /** By channel: sum dz and sum dz (x - mean), where dz is dy where z <= 0 did not stop it. */
  gradientSums(pass: Pass<HostTensor<M>>, source: HostSource<M>, dy: HostTensor<M>, into: HostGradientSums<M>): void;
  /** `dx = scale dz + slope (x - mean) + offset`, without the last two by statistics, where `sums` is null. */
  inputGradient(
    pass: Pass<HostTensor<M>>,
    source: HostSource<M>,
    sums: HostGradientSums<M> | null,
    dy: HostTensor<M>,
    dx: HostTensor<M>,
  ): void;

  /** `moments` and `apply` by them, where the engine can do better than one after the other. */
  train?(pass: Pass<HostTensor<M>>, moments: HostMoments<M>, y: HostTensor<M>): void;
  /** `gradientSums`, the gradients of the parameters and `inputGradient`, as far as asked for; likewise. */
  backward?(pass: Pass<HostTensor<M>>, source: HostSource<M>, dy: HostTensor<M>, results: BackwardResults<M>): void;

  /** Throws where the engine can no longer be used; asked before anything is made or written. */
  checkOpen?(): void;
  /** What it holds, where it knows better than by its calls of allocate and release. */
  memory?(): Memory;
  close?(): void;
}

/** Where mean and variance come from. */
export type HostSource<M extends HostMemory = HostMemory> = HostMoments<M> | Statistics<HostTensor<M>>;
