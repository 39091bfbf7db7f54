import { createRequire } from "node:module";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { backendContestant } from "./backend.js";
import type { Contestant } from "./contestant.js";

/** The cpu backend, for a process of its own. */
export async function cpuContestant(): Promise<Contestant> {
  const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
  return backendContestant(createCpuBackend(), { version });
}
