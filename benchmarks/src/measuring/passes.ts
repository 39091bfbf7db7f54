import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { JavaScriptContestant } from "../contestants/hosted.js";
import type { BenchmarkResult } from "../results/schema.js";

/**
 * Counts how often a contestant written in JavaScript reads and writes tensors of full size, operation by operation, in a
 * process of its own.
 */
export async function countPasses({ module, open }: JavaScriptContestant): Promise<BenchmarkResult["passes"]> {
  const counter = fileURLToPath(new URL("./count-passes.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [counter, module, open], {
    timeout: 10 * 60_000, // against hangs
  });
  return JSON.parse(stdout) as BenchmarkResult["passes"];
}
