import {
  type FloatArray,
  type GradientSumArrays,
  HostGradientSums,
  HostMoments,
  type HostStorage,
  type MomentArrays,
} from "@batchnorm/core";

/** How many buffers are in use: what `memory()` tells. */
export interface Live {
  buffers: number;
}

/** The values of one tensor, or of several that share them. */
export class PlainStorage implements HostStorage {
  readonly array: FloatArray;
  readonly #live: Live;
  #tensors = 1;

  constructor(array: FloatArray, live: Live) {
    this.array = array;
    this.#live = live;
    live.buffers++;
  }

  share(): this {
    this.#tensors++;
    return this;
  }

  release(): void {
    if (--this.#tensors === 0) this.#live.buffers--;
  }
}

export class PlainMoments extends HostMoments {
  readonly #arrays: MomentArrays;
  readonly #live: Live;
  isDisposed = false;

  constructor(owner: object, channels: number, count: number, live: Live) {
    super(owner, channels, count);
    const array = () => new Float64Array(channels);
    this.#arrays = { mean: array(), meanLow: array(), m2: array() };
    this.#live = live;
    live.buffers++;
  }

  get arrays(): MomentArrays {
    this.checkLive();
    return this.#arrays;
  }

  dispose(): void {
    if (!this.isDisposed) this.#live.buffers--;
    this.isDisposed = true;
  }
}

export class PlainSums extends HostGradientSums {
  readonly #arrays: GradientSumArrays;
  readonly #live: Live;
  isDisposed = false;

  constructor(owner: object, channels: number, live: Live) {
    super(owner, channels);
    this.#arrays = { dz: new Float64Array(channels), dzCentred: new Float64Array(channels) };
    this.#live = live;
    live.buffers++;
  }

  get arrays(): GradientSumArrays {
    this.checkLive();
    return this.#arrays;
  }

  dispose(): void {
    if (!this.isDisposed) this.#live.buffers--;
    this.isDisposed = true;
  }
}
