import { takeLock } from "@batchnorm/timing";
import type { Context } from "../context.js";
import { exitCodes } from "../exit-codes.js";
import { print } from "../output.js";
import { everyBackendAgrees, nothingFound, reportOf } from "./collect.js";
import { writeReport } from "./output-directory.js";
import { reportPage } from "./page/page.js";
import { work } from "./progress.js";
import { reportToJson } from "./report-json.js";
import { reportSummary } from "./report-summary.js";

/** Checks, times, writes both files and prints what came of it. @param directory can be written to */
export async function makeReport(
  directory: string,
  { full, json }: { readonly full: boolean; readonly json: boolean },
  context: Context,
): Promise<void> {
  const release = takeLock();
  const found = nothingFound(full);
  try {
    if (!json)
      print(
        full
          ? "A full report takes several minutes."
          : "A short report takes about a minute; --full times more shapes, for longer.",
      );
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
}
