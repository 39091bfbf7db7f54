import { OptionError } from "@batchnorm/core";
import { checkOptionNames, describe } from "@batchnorm/core/checks";
import { type HostBackend, hostBackend } from "@batchnorm/core/host";
import { CpuKernels } from "./backend.js";
import { Pool, type PoolMemory } from "./pool.js";

export type { CpuTensor } from "./backend.js";
export type CpuBackend = HostBackend<PoolMemory>;

export interface CpuBackendOptions {
  /** How many bytes of disposed buffers to keep for use again; 512 MiB by default. */
  readonly maximumPooledBytes?: number;
}

/**
 * Batch normalization in plain TypeScript, wherever JavaScript runs: float32 and float64, computed in float64,
 * on one thread. `close()` lets go of the buffers that are kept for use again; the backend goes on working.
 *
 * @throws OptionError for an unknown option, and a number of bytes that is none
 */
export function createCpuBackend(options: CpuBackendOptions = {}): CpuBackend {
  checkOptionNames(options, ["maximumPooledBytes"], "createCpuBackend");
  const { maximumPooledBytes = 2 ** 29 } = options;
  if (typeof maximumPooledBytes !== "number" || !(maximumPooledBytes >= 0)) {
    throw new OptionError(`maximumPooledBytes must be a number of bytes >= 0, got ${describe(maximumPooledBytes)}`);
  }
  return hostBackend(new CpuKernels(new Pool(maximumPooledBytes)));
}
