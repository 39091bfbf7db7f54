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
    .option("--out <dir>", "directory to write to; made where it does not exist", "report")
    .option("--json", "print report.json instead of progress and a table; both files are written all the same")
    .option("--full", "every shape, timed for longer: some minutes instead of one")
    .addHelpText(
      "after",
      `${examplesText([
        ["report", ""],
        ["report --full --out /tmp/report", ""],
        ["report --json | jq '.recommendation.sentence'", ""],
      ])}

Exit codes: 0 ok, 1 a backend disagrees with the specification (the report is written and says where),
2 wrong use, a directory that cannot be written, or another benchmark or report is running, 130 Ctrl-C (no file is left half-written).`,
    )
    .action(async ({ out, json = false, full = false }: Options) => {
      const directory = checkOutputDirectory(out);
      const { makeReport } = await import("../report/make-report.js");
      await makeReport(directory, { full, json }, context);
    });
}
