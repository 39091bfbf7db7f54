import { print, printJson, UsageError } from "@batchnorm/cli/terminal";
import type { Command } from "commander";
import { compareResults } from "../results/compare.js";
import { readResult } from "../results/read.js";
import { comparisonSummary } from "./comparison.js";

/** `npm run bench -- compare` */
export function addCompare(bench: Command): void {
  bench
    .command("compare")
    .description("what has changed from one result file to another, case by case, beyond the spread of both")
    .argument("<before>", "a result file")
    .argument("<after>", "a later one")
    .option("--json", "print JSON")
    .action((before: string, after: string, { json = false }: { json?: boolean }) => {
      const comparison = compareResults(readResult(before), readResult(after));
      if (comparison.cells.length === 0) {
        throw new UsageError(
          `${before} and ${after} share nothing that could be compared: no implementation on the same task`,
        );
      }
      if (json) printJson(comparison);
      else print(comparisonSummary(comparison));
    });
}
