import { createCpuBackend } from "@batchnorm/backend-cpu";
import type { Implementation, ImplementationDescription } from "@batchnorm/timing";
import { backendAbout, backendImplementation, limitOf, tensorsOfKernels } from "@batchnorm/timing";
import { ownVersion } from "./own-version.js";

/** What people are told of the cpu backend, wherever it runs. */
export const cpuDescription: ImplementationDescription = {
  name: "cpu",
  kind: "backend",
  about: backendAbout,
  threads: 1,
  limit: limitOf("cpu"),
  tensorsHeld: tensorsOfKernels,
};

/**
 * The cpu backend, for a process of its own, which opens it by name.
 *
 * @public
 */
export async function cpuImplementation(): Promise<Implementation> {
  return backendImplementation(createCpuBackend(), { version: ownVersion() });
}
