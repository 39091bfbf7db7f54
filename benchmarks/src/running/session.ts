import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "@batchnorm/timing";
import { groupId, groupKey, type PlannedGroup, takeLock, thisMachine } from "@batchnorm/timing";
import { ownCommit } from "../commit.js";
import { ResumeError } from "../errors.js";
import type { OpenImplementations } from "../implementations/open.js";
import { type BenchmarkResult, type Place, resultSchemaName, resultSchemaVersion } from "../results/schema.js";
import { writeResult } from "../results/write.js";
import { Journal, type RunHead } from "./journal.js";
import type { Profile } from "./profile.js";
import { runBenchmarks } from "./run.js";

/** A run from its start, or from where it was stopped, to its result. */
export interface SessionOptions {
  readonly profile: Pick<Profile, "name" | "budget">;
  readonly groups: readonly PlannedGroup[];
  readonly implementations: OpenImplementations;
  /** the browser in whose page it is measured; undefined: Node */
  readonly place: Place | undefined;
  /** of batchnorm */
  readonly version: string;
  /** where the result is written, and the journal until then */
  readonly folder: string;
  readonly resume: boolean;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: { readonly aborted: boolean };
}

/** What came of it. */
export interface SessionResult {
  readonly result: BenchmarkResult;
  readonly path: string;
}

/** Where a run of a profile keeps what it has so far. */
export function journalPath(folder: string, profile: string): string {
  return join(folder, `${profile}.partial.jsonl`);
}

/**
 * Runs and writes the result, `<time>-<profile>.json`.
 *
 * @returns null where it was aborted; its journal is left, to be resumed
 * @throws BusyError while another runs, ResumeError where there is nothing to resume, it would mix, or one lies in the way
 */
export async function benchmarkSession(options: SessionOptions): Promise<SessionResult | null> {
  const { profile, folder, resume } = options;
  const release = takeLock();
  try {
    mkdirSync(folder, { recursive: true });
    const path = journalPath(folder, profile.name);
    const head = headOf(options);
    const journal = resume ? Journal.resume(path, head) : Journal.start(path, head);
    checkPlan(journal, options.groups);
    const result = await runBenchmarks({ ...options, ...profile, journal });
    if (result === null) return null;
    const written = join(folder, `${result.started.slice(0, 19).replaceAll(":", "-")}-${profile.name}.json`);
    writeResult(written, result);
    journal.remove();
    return { result, path: written };
  } finally {
    release();
  }
}

/** @throws ResumeError where the journal has what is not asked now: the result would have both */
function checkPlan(journal: Journal, groups: readonly PlannedGroup[]): void {
  const planned = new Set(groups.map(groupId));
  const stranger = journal
    .groups()
    .map(groupKey)
    .find((id) => !planned.has(id));
  if (stranger === undefined) return;
  throw new ResumeError(
    `the run in ${journal.path} timed ${stranger}, which is not asked for now; give the same options as then, or remove the file`,
  );
}

function headOf({ profile, implementations, place, version }: SessionOptions): RunHead {
  return {
    schema: resultSchemaName,
    schemaVersion: resultSchemaVersion,
    started: new Date().toISOString(),
    version,
    commit: ownCommit(),
    profile: profile.name,
    budget: { ...profile.budget },
    machine: thisMachine(),
    ...(place !== undefined && { place }),
    implementations: implementations.implementations.map(({ name, kind, version: own, about, threads }) => ({
      name,
      kind,
      version: own,
      about,
      threads,
    })),
    absent: implementations.absent.map(({ name, absent: { reason, remedy } }) => ({ name, reason, remedy })),
  };
}
