import { ownCommand } from "@batchnorm/optional-components/own-command";
import { Command } from "commander";
import type { Context } from "./context.js";
import { examplesText } from "./examples.js";
import { ownVersion } from "./version.js";

/** A command: its module adds arguments, options and action, and is loaded when it is asked for. */
interface LazyCommand {
  readonly name: string;
  readonly description: string;
  load(): Promise<{ readonly define: (command: Command, context: Context) => void }>;
}

const commands: readonly LazyCommand[] = [
  {
    name: "backends",
    description: "list the backends and optional components on this machine, and why any is absent",
    load: () => import("./commands/backends.js"),
  },
  {
    name: "check",
    description: "check every backend against the specification on real digits; show worst errors in ulp",
    load: () => import("./commands/check.js"),
  },
  {
    name: "explain",
    description: "show the algorithm step by step, with its numbers, on a batch small enough to read",
    load: () => import("./commands/explain.js"),
  },
  {
    name: "report",
    description: "check and time every backend; write report/index.html and report/report.json",
    load: () => import("./commands/report.js"),
  },
];

/** The command line, with every command that there is; those among the arguments with their options. */
export async function createProgram(args: readonly string[], context: Context): Promise<Command> {
  const program = new Command("batchnorm")
    .description("Batch normalization: check, time and explain it on this machine.")
    .version(ownVersion())
    .configureHelp({ commandUsage: usageOf, subcommandTerm: (command) => command.name() })
    .showHelpAfterError(`(${ownCommand("--help")} shows the commands and options)`)
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      "after",
      `${examplesText([
        ["backends", "list what runs on this machine"],
        ["check", "check every backend against the specification"],
        ["explain conv --steps 3", "see the algorithm step by step"],
        ["report", "check and time every backend"],
      ])}

Exit codes: 0 ok, 1 a backend disagrees with the specification, 2 usage error.
NO_COLOR=1 turns colours off.`,
    );
  for (const { name, description, load } of commands) {
    const command = program.command(name).description(description);
    if (args.includes(name)) (await load()).define(command, context);
  }
  return program;
}

/** How a command is typed where it runs: `npm start -- [options]`. */
function usageOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name());
  return ownCommand([...names, command.usage()].join(" "));
}
