import type { DType, FloatArray } from "@batchnorm/core";
import type { HostMemory } from "@batchnorm/core/host";
import { type Heap, outOfMemory } from "./heap.js";

/** Blocks are multiples of a cache line. */
const lineBytes = 64;
/** Kernels read whole vectors, up to so much beyond the last value. */
const paddingBytes = 16;
/**
 * Two buffers that are as far apart as a multiple of 4 KiB make the processor take a load for one of a value that was just
 * stored. Large blocks are so much longer than such a multiple.
 */
const pageBytes = 4096;
const skewBytes = 2112;
const smallestSkewed = 65536;
/** Buffers are kept for the next of their size while they are no more than so many bytes beyond those in use. */
const keptBytes = 2 ** 26;
/** The collector is told of new memory in steps of this. */
const stepBytes = 2 ** 20;

/** Where a block lies, for when its buffer is gone. */
interface Block {
  readonly address: number;
  readonly bytes: number;
}

/**
 * Buffers of a heap, kept for use again: a training loop allocates in its first step and then no more. A buffer that was
 * forgotten returns when the collector finds it.
 */
export class Buffers {
  readonly #heap: Heap;
  /** by bytes of their block; the last to be freed is the first to be used */
  readonly #free = new Map<number, Buffer[]>();
  #liveBuffers = 0;
  #freeBytes = 0;
  #untold = 0;
  readonly #forgotten = new FinalizationRegistry<Block>(({ address, bytes }) => {
    this.#liveBuffers--;
    this.#heap.give(address, bytes);
  });

  /** @internal */
  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Buffers taken and not given back. */
  get liveBuffers(): number {
    return this.#liveBuffers;
  }

  /** Bytes that were in use and are not now. */
  get pooledBytes(): number {
    return this.#freeBytes + (this.#heap.reachedBytes - this.#heap.usedBytes);
  }

  /**
   * A buffer with whatever values its last user left.
   *
   * @throws ResourceError (`ERR_OUT_OF_MEMORY`)
   */
  take(dtype: DType, length: number): Buffer {
    const bytes = (dtype === "float32" ? 4 : 8) * length;
    const size = blockBytes(bytes);
    const kept = this.#free.get(size)?.pop();
    if (kept !== undefined) {
      this.#freeBytes -= size;
      this.#liveBuffers++;
      return kept.reuse(dtype, length);
    }
    if (this.#freeBytes > keptBytes + (this.#heap.usedBytes - this.#freeBytes)) this.#letGo();
    const address = this.#heap.take(size) ?? this.#takeFromKept(size);
    if (address === null) throw outOfMemory(bytes, this.#heap);
    const buffer = new Buffer(this, this.#heap.memory, address, size, this.#weightOf(size));
    this.#forgotten.register(buffer, { address, bytes: size }, buffer);
    this.#liveBuffers++;
    return buffer.reuse(dtype, length);
  }

  give(buffer: Buffer): void {
    this.#liveBuffers--;
    this.#freeBytes += buffer.bytes;
    const list = this.#free.get(buffer.bytes);
    if (list === undefined) this.#free.set(buffer.bytes, [buffer]);
    else list.push(buffer);
  }

  #takeFromKept(size: number): number | null {
    this.#letGo();
    return this.#heap.take(size);
  }

  /** Gives the buffers that are kept back to the heap: they make room for those of other sizes. */
  #letGo(): void {
    for (const list of this.#free.values()) {
      for (const buffer of list) {
        this.#forgotten.unregister(buffer);
        this.#heap.give(buffer.address, buffer.bytes);
      }
    }
    this.#free.clear();
    this.#freeBytes = 0;
  }

  /**
   * The collector does not see this memory, and might not run for long while forgotten tensors fill it. It counts the bytes
   * of array buffers that live, and one that nobody touches costs nothing else: some buffers hold one, of as many bytes as
   * were taken since the last.
   */
  #weightOf(bytes: number): ArrayBuffer | null {
    this.#untold += bytes;
    if (this.#untold < stepBytes) return null;
    const untold = this.#untold;
    this.#untold = 0;
    try {
      return new ArrayBuffer(untold);
    } catch {
      return null; // no room to say so: the collector knows
    }
  }
}

/** A block of the heap with the number of those who hold it: a tensor, and threads that may still touch it. */
export class Buffer implements HostMemory {
  readonly address: number;
  readonly bytes: number;
  readonly #buffers: Buffers;
  readonly #memory: WebAssembly.Memory;
  /** for the collector alone */
  readonly weight: ArrayBuffer | null;
  #holders = 0;
  #isDouble = false;
  #length = 0;
  #array: FloatArray | null = null;

  /** @internal */
  constructor(
    buffers: Buffers,
    memory: WebAssembly.Memory,
    address: number,
    bytes: number,
    weight: ArrayBuffer | null,
  ) {
    this.#buffers = buffers;
    this.#memory = memory;
    this.address = address;
    this.bytes = bytes;
    this.weight = weight;
  }

  /** The values. The memory is shared: views of it stay valid when it grows. */
  get array(): FloatArray {
    if (this.#array === null) {
      const Type = this.#isDouble ? Float64Array : Float32Array;
      this.#array = new Type(this.#memory.buffer, this.address, this.#length);
      holders.set(this.#array, this);
    }
    return this.#array;
  }

  /** For so many values of a type, held by one. */
  reuse(dtype: DType, length: number): this {
    const isDouble = dtype === "float64";
    if (isDouble !== this.#isDouble || length !== this.#length) this.#array = null;
    this.#isDouble = isDouble;
    this.#length = length;
    this.#holders = 1;
    return this;
  }

  share(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.#buffers.give(this);
  }
}

/** Who has the values of a forgotten tensor still has its buffer. */
const holders = new WeakMap<FloatArray, Buffer>();

function blockBytes(bytes: number): number {
  const lines = Math.ceil((bytes + paddingBytes) / lineBytes) * lineBytes;
  if (lines < smallestSkewed) return lines;
  return Math.ceil((lines - skewBytes) / pageBytes) * pageBytes + skewBytes;
}
