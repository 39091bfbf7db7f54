import { OptionError, ResourceError } from "@batchnorm/core";
import { checkOptionNames, describe } from "@batchnorm/core/checks";
import { hostBackend } from "@batchnorm/core/host";
import { WasmKernels } from "./backend.js";
import { instantiate, kernelModule } from "./kernels.js";
import { Heap } from "./memory/heap.js";
import type { WasmBackend } from "./tensor.js";
import { threadsFor } from "./threads/parallelism.js";
import type { Place } from "./threads/place.js";
import { Team } from "./threads/team.js";

export interface WasmBackendOptions {
  /** How many threads to compute on, the calling one among them; one per processor by default. */
  readonly threads?: number;
  /** The most bytes to hold: tensors, buffers kept for use again, working memory; by default as many as the engine allows, 4 GiB in most. */
  readonly maximumMemory?: number;
}

/** What a backend needs to begin with. */
const leastMemory = 2 ** 20;
const mostMemory = 2 ** 32;
const fewestTried = 2 ** 28;

/**
 * Batch normalization in WebAssembly: float32 with 128-bit SIMD, on several threads that share memory. The bits of a
 * result do not depend on their number. `close()` ends the threads: what is there can be read, whatever makes or writes
 * something throws from then on.
 *
 * Where threads cannot share memory, as on a page that is not cross-origin isolated, the calling thread computes alone;
 * `capabilities.whyOneThread` and, once, the console say why.
 *
 * @throws OptionError for an unknown option, a number of threads or bytes that is none
 * @throws ResourceError where the engine has no SIMD or a policy forbids WebAssembly (`ERR_UNSUPPORTED`), a thread that
 * was asked for does not start (`ERR_THREAD`) or there is no memory to begin with (`ERR_OUT_OF_MEMORY`)
 */
export type CreateWasmBackend = (options?: WasmBackendOptions) => Promise<WasmBackend>;

/**
 * `createWasmBackend` of a place.
 *
 * @internal
 */
export function creator(place: Place): CreateWasmBackend {
  return async (options = {}) => {
    checkOptionNames(options, ["threads", "maximumMemory"], "createWasmBackend");
    const threads = threadsFor(options.threads, place);
    const module = kernelModule();
    const heap = heapOf(options.maximumMemory);
    const exports = instantiate(module, heap.memory);
    let team: Team | null = null;
    let whyOneThread = threads > 1 ? place.whyOneThread() : undefined;
    if (threads > 1 && whyOneThread === undefined) {
      try {
        team = await Team.start(place, { module, memory: heap.memory }, exports, threads - 1);
      } catch (error) {
        if (options.threads !== undefined || !(error instanceof ResourceError)) throw error;
        whyOneThread = error.message;
      }
    }
    if (whyOneThread !== undefined) tellOnce(whyOneThread);
    return hostBackend(new WasmKernels({ exports, heap, team, whyOneThread }));
  };
}

function heapOf(maximumMemory: number | undefined): Heap {
  if (maximumMemory === undefined) return largestHeap();
  if (typeof maximumMemory !== "number" || !(maximumMemory >= leastMemory && maximumMemory <= mostMemory)) {
    throw new OptionError(
      `maximumMemory must be a number of bytes from ${leastMemory} (1 MiB) to ${mostMemory} (4 GiB, WebAssembly's limit), got ${describe(maximumMemory)}`,
    );
  }
  return new Heap(maximumMemory);
}

/** Some engines, on phones above all, have no addresses for as much as WebAssembly allows. */
function largestHeap(bytes = mostMemory): Heap {
  try {
    return new Heap(bytes);
  } catch (error) {
    if (bytes === fewestTried) throw error;
    return largestHeap(bytes / 2);
  }
}

let isTold = false;

function tellOnce(whyOneThread: string): void {
  if (!isTold) console.warn(`@batchnorm/backend-wasm computes on one thread: ${whyOneThread}`);
  isTold = true;
}
