import { createCpuBackend } from "@batchnorm/backend-cpu";
import { backendImplementation, type Implementation } from "@batchnorm/timing";
import { ownVersion } from "./own-version.js";

/**
 * The cpu backend, for a process of its own, which opens it by name.
 *
 * @public
 */
export async function cpuImplementation(): Promise<Implementation> {
  return backendImplementation(createCpuBackend(), { version: ownVersion() });
}
