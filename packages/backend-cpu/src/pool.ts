import { type DType, type FloatArray, floatArray } from "@batchnorm/core";

/**
 * Buffers for use again: a training loop allocates in its first step and then no more. Fresh large buffers cost
 * more, in page faults, than normalizing does.
 *
 * Free buffers are kept by type and length, up to a number of bytes; beyond it those that were freed first go.
 */
export class Pool {
  readonly #maximumBytes: number;
  readonly #free = new Map<string, FloatArray[]>();
  /** The free ones in the order in which they were freed; each list of #free is in that order too. */
  readonly #byAge = new Set<FloatArray>();
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
  take(dtype: DType, length: number): FloatArray {
    const list = this.#free.get(key(dtype, length));
    const buffer = list?.at(-1) ?? floatArray(dtype, length);
    if (list !== undefined) this.#forget(buffer, list);
    this.#liveBuffers++;
    return buffer;
  }

  give(buffer: FloatArray): void {
    this.#liveBuffers--;
    if (buffer.byteLength > this.#maximumBytes || buffer.length === 0) return;
    const at = keyOf(buffer);
    const list = this.#free.get(at);
    if (list === undefined) this.#free.set(at, [buffer]);
    else list.push(buffer);
    this.#byAge.add(buffer);
    this.#freeBytes += buffer.byteLength;
    this.#shrink();
  }

  clear(): void {
    this.#free.clear();
    this.#byAge.clear();
    this.#freeBytes = 0;
  }

  #shrink(): void {
    for (const oldest of this.#byAge) {
      if (this.#freeBytes <= this.#maximumBytes) return;
      this.#forget(oldest, this.#free.get(keyOf(oldest)) as FloatArray[]);
    }
  }

  /** Takes a buffer off its list: the last to be used, the first to let go. */
  #forget(buffer: FloatArray, list: FloatArray[]): void {
    if (buffer === list.at(-1)) list.pop();
    else list.shift();
    if (list.length === 0) this.#free.delete(keyOf(buffer));
    this.#byAge.delete(buffer);
    this.#freeBytes -= buffer.byteLength;
  }
}

function keyOf(buffer: FloatArray): string {
  return key(buffer instanceof Float32Array ? "float32" : "float64", buffer.length);
}

function key(dtype: DType, length: number): string {
  return `${dtype}:${length}`;
}
