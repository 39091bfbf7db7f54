import { examplesText } from "@batchnorm/cli/terminal";
import { ownCommand } from "@batchnorm/optional-components";
import { Command } from "commander";
import { addCompare } from "./compare.js";
import { addBenchOptions, type BenchOptions } from "./options.js";
import { type Outcome, runBench } from "./run-bench.js";

/** `npm run bench` */
export function createProgram(outcome: Outcome): Command {
  const bench = new Command("bench")
    .description("time backends and their peers, after all agree with the specification")
    .configureHelp({ commandUsage: usageOf })
    .showHelpAfterError(`(${ownCommand("bench --help")} shows the options)`)
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      "after",
      `${examplesText([
        ["bench --quick", "a first look"],
        ["bench", "everything; Ctrl-C, and --resume goes on"],
        ["bench --shape 32x64x56x56 --op step --threads 2 --no-peer", "your own question"],
        ["bench --shape resnet50/b1 --peer pytorch", "a network's shapes beside one peer"],
        ["bench compare before.json after.json", "what has changed"],
        ["setup pytorch", "install PyTorch for it"],
      ])}

On your own shapes a peer is skipped only if one run takes more than 30 s. --peer and --no-peer choose peers.

Exit codes: 0 ok, 1 a backend disagrees with the specification or fails, 2 usage error, another benchmark or report running, a
run that cannot be resumed, or a place that cannot be written, 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP (what was timed so
far is kept).`,
    )
    .action((options: BenchOptions) => runBench(options, outcome));
  addBenchOptions(bench);
  addCompare(bench);
  return bench;
}

/** How a command is typed: `npm run bench -- compare [options]`. */
function usageOf(command: Command): string {
  const names = command.parent === null ? [] : [command.name()];
  return ownCommand(["bench", ...names, command.usage()].join(" "));
}
