import { createRequire } from "node:module";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { backendAbout, backendContestant, limitOf } from "./backend.js";
import type { Contestant } from "./contestant.js";

export const cpuAbout = backendAbout;
export const cpuLimit = limitOf("cpu");

/** The cpu backend, for a process of its own. */
export async function cpuContestant(): Promise<Contestant> {
  const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
  return backendContestant(createCpuBackend(), { version });
}
