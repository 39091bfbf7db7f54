import type { BenchmarkResult } from "../schema.js";
import { leftOutTable } from "./left-out.js";
import { networkTables } from "./networks.js";
import { ratioTable } from "./ratios.js";
import { runTables } from "./run.js";
import { shapeTables } from "./shapes.js";

/** All tables of a result as one Markdown file: where it was measured, ratios, networks, every shape, what was left out. */
export function resultPage(result: BenchmarkResult): string {
  return `${[
    `# Benchmark ${result.profile}, ${result.started.slice(0, 10)}`,
    "Written by `npm run tables` from the file of the same name that ends in `.json`, which has every sample.",
    runTables(result),
    "## Backends beside their peers",
    ratioTable(result),
    "## Networks",
    networkTables(result),
    "## Every shape",
    shapeTables(result),
    "## Left out",
    leftOutTable(result),
  ].join("\n\n")}\n`;
}
