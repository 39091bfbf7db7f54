import { takeLock } from "@batchnorm/benchmarks";
import type { Command } from "commander";
import type { Context } from "../context.js";
import { examplesText } from "../examples.js";
import { exitCodes } from "../exit-codes.js";
import { print } from "../output.js";
import { everyBackendAgrees, nothingFound, reportOf } from "../report/collect.js";
import { checkOutputDirectory, writeReport } from "../report/output-directory.js";
import { reportPage } from "../report/page/page.js";
import { work } from "../report/progress.js";
import { reportToJson } from "../report/report-json.js";
import { reportSummary } from "../report/report-summary.js";

interface Options {
  readonly out: string;
  readonly json?: boolean;
  readonly quick?: boolean;
}

/** `batchnorm report` */
export function define(command: Command, context: Context): void {
  command
    .option("--out <dir>", "directory to write to; made where it does not exist", "report")
    .option("--json", "print report.json instead of progress and a table; both files are written all the same")
    .option("--quick", "a few shapes, timed briefly: half a minute instead of two")
    .addHelpText(
      "after",
      `${examplesText([
        ["report", ""],
        ["report --quick --out /tmp/report", ""],
        ["report --json | jq '.recommendation.sentence'", ""],
      ])}

Exit codes: 0 ok, 1 a backend disagrees with the specification (the report is written and says where),
2 wrong use, a directory that cannot be written, or another benchmark or report is running, 130 Ctrl-C (no file is left half-written).`,
    )
    .action(async ({ out, json = false, quick = false }: Options) => {
      const directory = checkOutputDirectory(out);
      const release = takeLock();
      const found = nothingFound(quick);
      try {
        await work(found, await context.backends(), json);
        const report = reportOf(found);
        const text = reportToJson(report);
        const written = await writeReport(directory, reportPage(report), text);
        if (json) process.stdout.write(text);
        else print(`\n${reportSummary(report)}\n\nwritten: ${written.html}\n         ${written.json}`);
        if (!everyBackendAgrees(report)) context.code = exitCodes.disagreement;
      } finally {
        for (const { backend } of found.open) backend.close?.();
        release();
      }
    });
}
