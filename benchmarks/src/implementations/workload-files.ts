import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Workload } from "@batchnorm/timing";

/** Where all files of this process lie; made when the first is needed, gone at its end. */
let own: string | null = null;
let last: {
  readonly workload: Workload;
  readonly folder: string;
  readonly paths: Promise<Record<string, string>>;
} | null = null;

function ownFolder(): string {
  if (own === null) {
    own = mkdtempSync(join(tmpdir(), `batchnorm-bench-${process.pid}-`));
    process.once("exit", removeOwnFolder);
  }
  return own;
}

function removeOwnFolder(): void {
  if (own !== null) rmSync(own, { recursive: true, force: true });
}

/** A new folder for the results of one run; who asks for it removes it. */
export function resultFolder(): Promise<string> {
  return mkdtemp(join(ownFolder(), "results-"));
}

/** The inputs of a workload as files, by name: written once for all who compete on it, until the next workload comes. */
export function inputFiles(workload: Workload): Promise<Record<string, string>> {
  if (last?.workload === workload) return last.paths;
  removeInputFiles();
  const folder = mkdtempSync(join(ownFolder(), "inputs-"));
  last = { workload, folder, paths: writeInputs(workload, folder) };
  return last.paths;
}

/** Removes the inputs that were written, and the folder where nothing else is left in it. */
export function removeInputFiles(): void {
  if (last !== null) rmSync(last.folder, { recursive: true, force: true });
  last = null;
  if (own === null || readdirSync(own).length > 0) return;
  removeOwnFolder();
  process.off("exit", removeOwnFolder);
  own = null;
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
