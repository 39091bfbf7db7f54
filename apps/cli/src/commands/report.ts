import type { Command } from "commander";
import type { Context } from "../context.js";
import { examplesText } from "../examples.js";
import { checkOutputDirectory } from "../report/output-directory.js";

interface Options {
  readonly out: string;
  readonly json?: boolean;
  readonly full?: boolean;
}

/** `batchnorm report` */
export function define(command: Command, context: Context): void {
  command
    .option("--out <dir>", "output directory, created if missing", "report")
    .option("--json", "print report.json instead of progress and a summary; both files are still written")
    .option("--full", "time every shape, for longer: several minutes instead of one")
    .addHelpText(
      "after",
      `${examplesText([
        ["report", ""],
        ["report --full --out /tmp/report", ""],
        ["report --json | jq '.recommendation.sentence'", ""],
      ])}

Exit codes: 0 ok, 1 a backend disagrees with the specification (the report shows where),
2 usage error, output directory not writable, or another benchmark or report running,
130 Ctrl-C (no file is left half-written).`,
    )
    .action(async ({ out, json = false, full = false }: Options) => {
      const directory = checkOutputDirectory(out);
      const { makeReport } = await import("../report/make-report.js");
      await makeReport(directory, { full, json }, context);
    });
}
