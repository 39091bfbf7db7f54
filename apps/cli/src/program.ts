import { Command } from "commander";
import { addBackends } from "./commands/backends.js";
import { addBench } from "./commands/bench.js";
import { addCheck } from "./commands/check.js";
import { addExplain } from "./commands/explain.js";
import { addReport } from "./commands/report.js";
import { addSetup } from "./commands/setup.js";
import type { KnownBackend } from "./known-backends.js";
import { ownVersion } from "./version.js";

/** What a command is given, the backends, and what it leaves behind, its exit code. */
export interface Result {
  code: number;
  readonly backends: readonly KnownBackend[];
}

/** The command line, with every command that there is. */
export function createProgram(result: Result): Command {
  const program = new Command("batchnorm")
    .description("Batch normalization: check, time and explain it on this machine.")
    .version(ownVersion())
    .showHelpAfterError("(batchnorm --help shows the commands and options)")
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      "after",
      `
Examples:
  $ batchnorm backends                 what this machine can run
  $ batchnorm check                    every backend against the specification, on real digits
  $ batchnorm explain conv --steps 3   the algorithm, step by step, on a batch small enough to read
  $ batchnorm report                   check, time, and write a page
  $ batchnorm bench --quick            time backends and peers on shapes of networks
  $ batchnorm setup tfjs-node          install what this machine lacks

Exit codes: 0 ok, 1 a backend disagrees with the specification, 2 wrong use.
NO_COLOR=1 turns colours off.`,
    );
  addBackends(program, result);
  addCheck(program, result);
  addExplain(program);
  addReport(program, result);
  addBench(program, result);
  addSetup(program);
  return program;
}
