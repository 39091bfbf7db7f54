import type { DType, FloatArray } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import type { HostMemory } from "@batchnorm/core/host";

/** A buffer of the pool. */
export interface PoolMemory extends HostMemory {
  readonly dtype: DType;
  readonly array: FloatArray;
}

/** A list that is empty now will be filled again, unless lengths never come back. */
const mostEmptyLists = 1024;

/**
 * Buffers for use again: a training loop allocates in its first step and then no more. Fresh large buffers cost
 * more, in page faults, than normalizing does.
 *
 * Free buffers are kept by type and length, up to a number of bytes; beyond it those that were freed first go.
 */
export class Pool {
  readonly #maximumBytes: number;
  readonly #free = { float32: new Map<number, PoolMemory[]>(), float64: new Map<number, PoolMemory[]>() };
  /** The free ones in the order in which they were freed; each list of #free is in that order too. */
  readonly #byAge = new Set<PoolMemory>();
  #freeBytes = 0;
  #liveBuffers = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /** Buffers taken and not given back. */
  get liveBuffers(): number {
    return this.#liveBuffers;
  }

  /** Bytes kept for use again. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** A buffer with whatever values its last user left. */
  take(dtype: DType, length: number): PoolMemory {
    const lists = this.#free[dtype];
    const list = lists.get(length);
    const buffer = list?.pop();
    if (list?.length === 0 && lists.size > mostEmptyLists) lists.delete(length);
    const taken = buffer ?? { dtype, array: floatArray(dtype, length) };
    this.#liveBuffers++;
    if (buffer !== undefined) {
      this.#byAge.delete(buffer);
      this.#freeBytes -= buffer.array.byteLength;
    }
    return taken;
  }

  give(buffer: PoolMemory): void {
    this.#liveBuffers--;
    const { byteLength, length } = buffer.array;
    if (byteLength > this.#maximumBytes || length === 0) return;
    const lists = this.#free[buffer.dtype];
    const list = lists.get(length);
    if (list === undefined) lists.set(length, [buffer]);
    else list.push(buffer);
    this.#byAge.add(buffer);
    this.#freeBytes += byteLength;
    if (this.#freeBytes > this.#maximumBytes) this.#shrink();
  }

  clear(): void {
    for (const lists of Object.values(this.#free)) lists.clear();
    this.#byAge.clear();
    this.#freeBytes = 0;
  }

  #shrink(): void {
    for (const oldest of this.#byAge) {
      if (this.#freeBytes <= this.#maximumBytes) return;
      const lists = this.#free[oldest.dtype];
      const list = lists.get(oldest.array.length) as PoolMemory[];
      list.shift();
      if (list.length === 0) lists.delete(oldest.array.length);
      this.#byAge.delete(oldest);
      this.#freeBytes -= oldest.array.byteLength;
    }
  }
}
