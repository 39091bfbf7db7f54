import { checkOptionNames, describe, OptionError } from "@batchnorm/core";
import { CpuBackend } from "./backend.js";
import { Pool } from "./pool.js";

export type { CpuBackend } from "./backend.js";
export type { CpuTensor } from "./tensor.js";

export interface CpuBackendOptions {
  /** How many bytes of disposed buffers to keep for use again; 512 MiB by default. */
  readonly maximumPooledBytes?: number;
}

/**
 * Batch normalization in plain TypeScript, wherever JavaScript runs: float32 and float64, computed in float64,
 * on one thread.
 *
 * @throws OptionError for an unknown option, and a number of bytes that is none
 */
export function createCpuBackend(options: CpuBackendOptions = {}): CpuBackend {
  checkOptionNames(options, ["maximumPooledBytes"], "createCpuBackend");
  const { maximumPooledBytes = 2 ** 29 } = options;
  if (typeof maximumPooledBytes !== "number" || !(maximumPooledBytes >= 0)) {
    throw new OptionError(`maximumPooledBytes must be a number of bytes >= 0, got ${describe(maximumPooledBytes)}`);
  }
  return new CpuBackend(new Pool(maximumPooledBytes));
}
