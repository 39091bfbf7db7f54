import { describePresence } from "@batchnorm/optional-components";
import type { Command } from "commander";
import { checkSummary } from "../check/check-summary.js";
import { type BackendCheck, runCheck } from "../check/run-check.js";
import type { Context } from "../context.js";
import { examplesText } from "../examples.js";
import { exitCodes } from "../exit-codes.js";
import { namedBackends, openBackends } from "../known-backend.js";
import { print, printJson } from "../output.js";

/** `batchnorm check` */
export function define(command: Command, context: Context): void {
  command
    .option("--backend <name>", "check this backend; repeatable (default: all)", list)
    .option("--json", "print every result as JSON")
    .addHelpText(
      "after",
      examplesText([
        ["check", ""],
        ["check --backend wasm", ""],
        ["check --json | jq '.checks[].rows[] | select(.passed | not)'", ""],
      ]),
    )
    .action(async ({ backend, json }: { backend?: readonly string[]; json?: boolean }) => {
      const { open, absent } = await openBackends(namedBackends(await context.backends(), backend));
      const checks: BackendCheck[] = [];
      for (const one of open) {
        checks.push(await runCheck(one));
        one.backend.close?.();
      }
      if (json)
        printJson({ checks, absent: absent.map(({ name, absent }) => ({ name, absent: describePresence(absent) })) });
      else print(checkSummary(checks, absent));
      if (checks.some(({ passed }) => !passed)) context.code = exitCodes.disagreement;
    });
}

function list(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
