import { type GroupsOptions, runGroups } from "@batchnorm/timing";
import type { OpenImplementations } from "../implementations/open.js";
import { removeInputFiles } from "../implementations/workload-files.js";
import type { BenchmarkResult } from "../results/schema.js";
import type { Journal } from "./journal.js";

export interface RunOptions extends Pick<GroupsOptions, "budget" | "groups" | "onProgress" | "signal"> {
  readonly implementations: Pick<OpenImplementations, "implementations" | "ofEngines">;
  readonly journal: Journal;
}

/**
 * Times all groups that the journal does not have yet.
 *
 * @returns the result; null where it was aborted: the journal has what was done
 */
export async function runBenchmarks({
  journal,
  implementations,
  ...options
}: RunOptions): Promise<BenchmarkResult | null> {
  const ended = await runGroups({
    ...options,
    ...implementations,
    done: journal.groups(),
    onEntry: (entry) => journal.add(entry),
    onCaseEnd: removeInputFiles,
  });
  return ended ? resultOf(journal) : null;
}

/** The result that a journal holds. */
function resultOf(journal: Journal): BenchmarkResult {
  return {
    ...journal.head,
    finished: new Date().toISOString(),
    groups: journal.groups(),
    drift: journal.entries.flatMap((entry) => ("drift" in entry ? [entry.drift] : [])),
  };
}
