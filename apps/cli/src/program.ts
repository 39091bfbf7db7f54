import { ownCommand } from "@batchnorm/components";
import { Command } from "commander";
import { addBackends } from "./commands/backends.js";
import { addBench } from "./commands/bench.js";
import { addCheck } from "./commands/check.js";
import { addExplain } from "./commands/explain.js";
import { addReport } from "./commands/report.js";
import { addSetup } from "./commands/setup.js";
import { examplesText } from "./examples.js";
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
    .configureHelp({ commandUsage: usageOf })
    .showHelpAfterError(`(${ownCommand("--help")} shows the commands and options)`)
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      "after",
      `${examplesText([
        ["backends", "what this machine can run"],
        ["check", "every backend against the specification, on real digits"],
        ["explain conv --steps 3", "the algorithm, step by step, on a batch small enough to read"],
        ["report", "check, time, and write a page"],
        ["bench --quick", "time backends and peers on shapes of networks"],
        ["setup tfjs-node", "install what this machine lacks"],
      ])}

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

/** How a command is typed where it runs: `npm run bench -- setup [options]`. */
function usageOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name());
  return ownCommand([...names, command.usage()].join(" "));
}
