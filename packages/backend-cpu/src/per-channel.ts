import { type GradientSumArrays, HostGradientSums, HostMoments, type MomentArrays } from "@batchnorm/core";
import type { Scratch } from "./scratch.js";

/** The moments of a batch, in buffers of the pool. */
export class CpuMoments extends HostMoments {
  readonly #arrays: MomentArrays;
  readonly #scratch: Scratch;
  isDisposed = false;

  constructor(owner: object, channels: number, count: number, scratch: Scratch) {
    super(owner, channels, count);
    this.#scratch = scratch;
    this.#arrays = { mean: scratch.array(), meanLow: scratch.array(), m2: scratch.array() };
  }

  get arrays(): MomentArrays {
    this.checkLive();
    return this.#arrays;
  }

  dispose(): void {
    this.isDisposed = true;
    this.#scratch.dispose();
  }
}

/** The two sums of the backward pass, in buffers of the pool. */
export class CpuGradientSums extends HostGradientSums {
  readonly #arrays: GradientSumArrays;
  readonly #scratch: Scratch;
  isDisposed = false;

  constructor(owner: object, channels: number, scratch: Scratch) {
    super(owner, channels);
    this.#scratch = scratch;
    this.#arrays = { dz: scratch.array(), dzCentred: scratch.array() };
  }

  get arrays(): GradientSumArrays {
    this.checkLive();
    return this.#arrays;
  }

  dispose(): void {
    this.isDisposed = true;
    this.#scratch.dispose();
  }
}
