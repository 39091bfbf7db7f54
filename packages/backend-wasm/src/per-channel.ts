import { type GradientSumArrays, HostGradientSums, HostMoments, type MomentArrays } from "@batchnorm/core";
import type { Buffer } from "./memory/buffers.js";

/** The moments of a batch: means, their low parts, sums of squared deviations, one after the other. */
export class WasmMoments extends HostMoments {
  #buffer: Buffer | null;

  constructor(owner: object, channels: number, count: number, buffer: Buffer) {
    super(owner, channels, count);
    this.#buffer = buffer;
  }

  get isDisposed(): boolean {
    return this.#buffer === null;
  }

  get buffer(): Buffer {
    this.checkLive();
    return this.#buffer as Buffer;
  }

  get arrays(): MomentArrays {
    const { channels } = this;
    const all = this.buffer.doubles(3 * channels);
    return {
      mean: all.subarray(0, channels),
      meanLow: all.subarray(channels, 2 * channels),
      m2: all.subarray(2 * channels),
    };
  }

  dispose(): void {
    this.#buffer?.release();
    this.#buffer = null;
  }
}

/** The two sums of the backward pass, one after the other. */
export class WasmGradientSums extends HostGradientSums {
  #buffer: Buffer | null;

  constructor(owner: object, channels: number, buffer: Buffer) {
    super(owner, channels);
    this.#buffer = buffer;
  }

  get isDisposed(): boolean {
    return this.#buffer === null;
  }

  get buffer(): Buffer {
    this.checkLive();
    return this.#buffer as Buffer;
  }

  get arrays(): GradientSumArrays {
    const { channels } = this;
    const all = this.buffer.doubles(2 * channels);
    return { dz: all.subarray(0, channels), dzCentred: all.subarray(channels) };
  }

  dispose(): void {
    this.#buffer?.release();
    this.#buffer = null;
  }
}
