import type { BenchmarkResult } from "../schema.js";
import { coldTable } from "./cold.js";
import { engineSummary, engineTables } from "./engines.js";
import { leftOutTable } from "./left-out.js";
import { networkTables } from "./networks.js";
import { passTable } from "./passes.js";
import { elementTable } from "./per-element.js";
import { ratioTable } from "./ratios.js";
import { runTables } from "./run.js";
import { crossingTables, scalingTables } from "./scaling.js";
import { shapeTables } from "./shapes.js";
import { sizeTable } from "./sizes.js";
import { summaryTables } from "./summary.js";
import { threadSummary, threadTables } from "./threads.js";
import { worstTable } from "./worst.js";

/** What can stand between marks in a Markdown file, by the name in the mark. */
export const tableBlocks: Readonly<Record<string, (result: BenchmarkResult) => string>> = {
  /** the network that stands for all, a few shapes, the machine: for README.md */
  summary: summaryTables,
  /** machine, versions, commit, date, steadiness; contestants; who is absent */
  run: runTables,
  /** what all batch norms of each network cost */
  networks: networkTables,
  /** each peer against the fastest of our backends, over all cases */
  ratios: ratioTable,
  /** where PyTorch leaves us furthest behind */
  worst: worstTable,
  /** our backend on each engine of TensorFlow.js against TensorFlow.js alone, of a result of the engines' profile */
  engines: engineTables,
  /** the short of that: for README.md */
  "engines in short": engineSummary,
  /** the wasm backend on all cores beside its peers, of a result of the threads' profile */
  threads: threadTables,
  /** the short of that: for README.md */
  "threads in short": threadSummary,
  /** where the wasm backend is the slowest beside shapes of like size, of a result of the sizes' profile */
  sizes: sizeTable,
  /** what an element costs in the caches */
  elements: elementTable,
  /** every shape: median, spread, GB/s, share of the roofline, ratio */
  shapes: shapeTables,
  /** the first run in a fresh process, and its peak of memory */
  costs: coldTable,
  /** by size of x */
  scaling: scalingTables,
  /** sizes at which one overtakes another */
  crossings: crossingTables,
  /** reads and writes of full-size tensors */
  passes: passTable,
  /** cells without a time, and why */
  "left out": leftOutTable,
};
