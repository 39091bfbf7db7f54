import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Workload } from "../workload.js";

let last: {
  readonly workload: Workload;
  readonly folder: string;
  readonly paths: Promise<Record<string, string>>;
} | null = null;

/** The inputs of a workload as files, by name: written once for all who compete on it, until the next workload comes. */
export function inputFiles(workload: Workload): Promise<Record<string, string>> {
  if (last?.workload === workload) return last.paths;
  removeInputFiles();
  if (last === null) process.once("exit", removeInputFiles);
  const folder = mkdtempSync(join(tmpdir(), "batchnorm-bench-"));
  last = { workload, folder, paths: writeInputs(workload, folder) };
  return last.paths;
}

/** Removes what was written. */
export function removeInputFiles(): void {
  if (last !== null) rmSync(last.folder, { recursive: true, force: true });
  last = null;
  process.off("exit", removeInputFiles);
}

async function writeInputs(workload: Workload, folder: string): Promise<Record<string, string>> {
  const { x, dy, weight, bias, runningMean, runningVar } = workload;
  const arrays = { x, dy, weight, bias, running_mean: runningMean, running_var: runningVar };
  const paths: Record<string, string> = {};
  for (const [name, values] of Object.entries(arrays)) {
    const path = join(folder, name);
    await writeFile(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    paths[name] = path;
  }
  return paths;
}
