import { OptionError } from "@batchnorm/core";
import { checkOptionNames, describe } from "@batchnorm/core/checks";
import { hostBackend } from "@batchnorm/core/host";
import { WasmKernels } from "./backend.js";
import { instantiate, kernelModule } from "./kernels.js";
import { Heap } from "./memory/heap.js";
import type { WasmBackend } from "./tensor.js";
import { threadsFor } from "./threads/parallelism.js";
import { Team } from "./threads/team.js";

export type { WasmBackend, WasmTensor } from "./tensor.js";

export interface WasmBackendOptions {
  /** How many threads to compute on, the calling one among them; one per processor by default. */
  readonly threads?: number;
  /** The most bytes to hold: tensors, buffers kept for use again, working memory; 4 GiB by default, WebAssembly's limit. */
  readonly maximumMemory?: number;
}

/** What a backend needs to begin with. */
const leastMemory = 2 ** 20;
const mostMemory = 2 ** 32;

/**
 * Batch normalization in WebAssembly: float32 with 128-bit SIMD, on several threads that share memory. The bits of a
 * result do not depend on their number. `close()` ends the threads: what is there can be read, whatever makes or writes
 * something throws from then on.
 *
 * @throws OptionError for an unknown option, a number of threads or bytes that is none
 * @throws ResourceError where the engine has no SIMD (`ERR_UNSUPPORTED`), a thread does not start (`ERR_THREAD`) or
 * there is no memory to begin with (`ERR_OUT_OF_MEMORY`)
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<WasmBackend> {
  checkOptionNames(options, ["threads", "maximumMemory"], "createWasmBackend");
  const { maximumMemory = mostMemory } = options;
  if (typeof maximumMemory !== "number" || !(maximumMemory >= leastMemory && maximumMemory <= mostMemory)) {
    throw new OptionError(
      `maximumMemory must be a number of bytes from ${leastMemory} (1 MiB) to ${mostMemory} (4 GiB, WebAssembly's limit), got ${describe(maximumMemory)}`,
    );
  }
  const threads = threadsFor(options.threads);
  const module = kernelModule();
  const heap = new Heap(maximumMemory);
  const exports = instantiate(module, heap.memory);
  const team = threads === 1 ? null : await Team.start(module, heap.memory, exports, threads - 1);
  return hostBackend(new WasmKernels({ exports, heap, team }));
}
