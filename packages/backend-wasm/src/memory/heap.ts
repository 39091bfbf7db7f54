import { ResourceError } from "@batchnorm/core";

/** WebAssembly's unit of growth. */
const pageBytes = 65536;
/** The start of the memory, in which threads keep what they share. */
const reservedBytes = 4096;
/** Growing often costs more than what it asks for. */
const growthBytes = 2 ** 24;
/** No block ends at 2^32, which an address of 32 bits cannot say. */
const lastByte = 2 ** 32 - pageBytes;

/** A stretch of the memory that is free. */
interface Gap {
  address: number;
  bytes: number;
}

/** Blocks of one WebAssembly memory, which grows up to a maximum: the smallest gap that fits, neighbours joined. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly maximumBytes: number;
  #top = reservedBytes;
  /** in the order of their addresses, never two side by side */
  readonly #gaps: Gap[] = [];
  #gapBytes = 0;

  /** @throws ResourceError (`ERR_OUT_OF_MEMORY`) where the engine has not even the addresses for so much */
  constructor(maximumBytes: number) {
    this.maximumBytes = Math.min(Math.floor(maximumBytes / pageBytes) * pageBytes, lastByte);
    const maximum = this.maximumBytes / pageBytes;
    try {
      this.memory = new WebAssembly.Memory({ initial: Math.min(16, maximum), maximum, shared: true });
    } catch {
      throw new ResourceError(
        "ERR_OUT_OF_MEMORY",
        `the engine has no addresses for the memory of a wasm backend, up to ${inMegabytes(this.maximumBytes)}: some reserve 10 GB for each; raise the process's limit of virtual memory (ulimit -v), ask for less with the option maximumMemory, or forget backends that are no longer needed`,
      );
    }
  }

  /** Bytes of blocks, and of gaps between them. */
  get usedBytes(): number {
    return this.#top - reservedBytes - this.#gapBytes;
  }

  /** Everything that was ever in use. */
  get reachedBytes(): number {
    return this.#top - reservedBytes;
  }

  /** The address of a block; null where none is left. */
  take(bytes: number): number | null {
    const gap = this.#smallestGap(bytes);
    if (gap === null) return this.#extend(bytes);
    const { address } = gap;
    gap.address += bytes;
    gap.bytes -= bytes;
    this.#gapBytes -= bytes;
    if (gap.bytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    return address;
  }

  give(address: number, bytes: number): void {
    const after = this.#gaps.findIndex((gap) => gap.address > address);
    const at = after === -1 ? this.#gaps.length : after;
    const [before, next] = [this.#gaps[at - 1], this.#gaps[at]];
    this.#gapBytes += bytes;
    const joinsBefore = before !== undefined && before.address + before.bytes === address;
    const joinsNext = next !== undefined && address + bytes === next.address;
    if (joinsBefore) {
      before.bytes += bytes + (joinsNext ? next.bytes : 0);
      if (joinsNext) this.#gaps.splice(at, 1);
    } else if (joinsNext) {
      next.address = address;
      next.bytes += bytes;
    } else {
      this.#gaps.splice(at, 0, { address, bytes });
    }
  }

  #smallestGap(bytes: number): Gap | null {
    let found: Gap | null = null;
    for (const gap of this.#gaps) {
      if (gap.bytes >= bytes && (found === null || gap.bytes < found.bytes)) found = gap;
    }
    return found;
  }

  #extend(bytes: number): number | null {
    const address = this.#top;
    const end = address + bytes;
    const held = this.memory.buffer.byteLength;
    if (end > this.maximumBytes) return null;
    if (end > held && !this.#grow(end - held)) return null;
    this.#top = end;
    return address;
  }

  #grow(bytes: number): boolean {
    const held = this.memory.buffer.byteLength;
    const wanted = Math.min(Math.max(bytes, growthBytes), this.maximumBytes - held);
    return this.#tryToGrow(wanted) || this.#tryToGrow(bytes);
  }

  #tryToGrow(bytes: number): boolean {
    try {
      this.memory.grow(Math.ceil(bytes / pageBytes));
      return true;
    } catch {
      return false; // the system has no more
    }
  }
}

/** What a backend says that cannot have as much as it needs. */
export function outOfMemory(bytes: number, heap: Heap): ResourceError {
  const free = heap.maximumBytes - heap.usedBytes;
  return new ResourceError(
    "ERR_OUT_OF_MEMORY",
    `a buffer of ${inMegabytes(bytes)} was asked for, and of the ${inMegabytes(heap.maximumBytes)} that this wasm backend may have ${inMegabytes(free)} are left, maybe in pieces; dispose of tensors that are no longer needed, let the event loop run so that forgotten ones return, or raise maximumMemory of createWasmBackend() (WebAssembly has at most 4096 MB)`,
  );
}

function inMegabytes(bytes: number): string {
  const megabytes = bytes / 2 ** 20;
  return `${megabytes >= 10 ? Math.floor(megabytes) : Number(megabytes.toPrecision(2))} MB`;
}
