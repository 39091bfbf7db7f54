import { createCpuBackend } from "@batchnorm/backend-cpu";
import { backendAbout, backendContestant, limitOf, tensorsOfKernels } from "./backend.js";
import type { Contestant } from "./contestant.js";
import type { HelperContestantOptions } from "./helper-contestant.js";
import { ownVersion } from "./own-version.js";

/** What people are told of the cpu backend, wherever it runs. */
export const cpuDescription: Omit<HelperContestantOptions, "command"> = {
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
export async function cpuContestant(): Promise<Contestant> {
  return backendContestant(createCpuBackend(), { version: ownVersion() });
}
