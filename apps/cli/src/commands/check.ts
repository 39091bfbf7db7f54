import { describePresence } from "@batchnorm/components";
import type { Command } from "commander";
import { checkSummary } from "../check/check-summary.js";
import { type BackendCheck, runCheck } from "../check/run-check.js";
import { examplesText } from "../examples.js";
import { exitCodes } from "../exit-codes.js";
import { openBackends } from "../known-backends.js";
import { print, printJson } from "../output.js";
import type { Result } from "../program.js";

/** `batchnorm check` */
export function addCheck(program: Command, result: Result): void {
  program
    .command("check")
    .description("every backend against the specification, on real digits; worst errors in ulp, by operation")
    .option("--json", "print JSON: every row, by backend, type, case, mode and operation")
    .addHelpText(
      "after",
      examplesText([
        ["check", ""],
        ["check --json | jq '.checks[].rows[] | select(.passed | not)'", ""],
      ]),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const { open, absent } = await openBackends(result.backends);
      const checks: BackendCheck[] = [];
      for (const one of open) {
        checks.push(await runCheck(one));
        one.backend.close?.();
      }
      if (json)
        printJson({ checks, absent: absent.map(({ name, absent }) => ({ name, absent: describePresence(absent) })) });
      else print(checkSummary(checks, absent));
      if (checks.some(({ passed }) => !passed)) result.code = exitCodes.disagreement;
    });
}
