import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "@batchnorm/cli/terminal";
import { ownCommand } from "@batchnorm/optional-components";
import { fullProfile, profiles, quickProfile } from "../running/profile.js";
import { journalPath } from "../running/session.js";

/** What resumes a run of a profile. */
function commandFor(profile: string): string | null {
  if (profile === fullProfile.name) return "bench --resume";
  if (profile === quickProfile.name) return "bench --quick --resume";
  return Object.hasOwn(profiles, profile) ? `bench --profile ${profile} --resume` : null;
}

/** Looks whether there is a run to resume. @throws UsageError where there is none, with those that lie beside its place */
export function checkStopped(journal: string): void {
  if (existsSync(journal)) return;
  const others = stoppedRuns(dirname(journal));
  const beside =
    others.length === 0 ? "" : `; beside it were stopped: ${others.map((name) => described(journal, name)).join(", ")}`;
  throw new UsageError(`there is no run to resume: ${journal} does not exist${beside}`);
}

/** The profiles of which a run was stopped. */
function stoppedRuns(folder: string): string[] {
  const end = basename(journalPath(folder, ""));
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith(end)).map((file) => file.slice(0, -end.length));
}

function described(journal: string, profile: string): string {
  const path = join(dirname(journal), basename(journalPath("", profile)));
  const command = commandFor(profile);
  if (command === null) return `${path} (give the --shape and the other options that it was asked with)`;
  return `${path} (\`${ownCommand(command)}\`)`;
}
