import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { caseId } from "../cases/id.js";
import { caseNamed } from "../cases/named.js";
import type { BenchmarkCase } from "../cases/schema.js";
import { ownCommit } from "../commit.js";
import type { OpenContestants } from "../contestants/open.js";
import { ResumeError } from "../errors.js";
import { thisMachine } from "../machine.js";
import { countPasses } from "../measuring/passes.js";
import { groupKey } from "../results/group-key.js";
import { type BenchmarkResult, resultSchemaName, resultSchemaVersion } from "../results/schema.js";
import { writeResult } from "../results/write.js";
import { coldRun } from "./cold.js";
import { Journal, type JournalEntry, type RunHead } from "./journal.js";
import { takeLock } from "./lock.js";
import { groupId, type PlannedGroup } from "./plan.js";
import type { Profile } from "./profile.js";
import { type Progress, runBenchmarks } from "./run.js";

/** A run from its start, or from where it was stopped, to its result. */
export interface SessionOptions {
  readonly profile: Pick<Profile, "name" | "budget" | "cold">;
  readonly groups: readonly PlannedGroup[];
  readonly contestants: OpenContestants;
  /** of batchnorm */
  readonly version: string;
  /** where the result is written, and the journal until then */
  readonly folder: string;
  readonly resume: boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** told of what comes before the groups: first runs in fresh processes */
  readonly onFirstRun?: (progress: FirstRunProgress) => void;
  /** told what could not be measured besides the groups, in a sentence */
  readonly onNote?: (note: string) => void;
  readonly signal?: { readonly aborted: boolean };
}

/** How far the first runs are. */
export interface FirstRunProgress extends Pick<Progress, "done" | "of" | "left"> {
  readonly case: BenchmarkCase;
  readonly contestant: string;
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
    await addPasses(journal, options);
    await addColdRuns(journal, options);
    const result = await runBenchmarks({
      ...options,
      ...profile,
      journal,
    });
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
function checkPlan({ path, entries }: Journal, groups: readonly PlannedGroup[]): void {
  const planned = new Set(groups.map(groupId));
  const stranger = entries
    .flatMap((entry) => ("group" in entry ? [groupKey(entry.group)] : []))
    .find((id) => !planned.has(id));
  if (stranger === undefined) return;
  throw new ResumeError(
    `the run in ${path} timed ${stranger}, which is not asked for now; give the same options as then, or remove the file`,
  );
}

function headOf({ profile, contestants, version }: SessionOptions): RunHead {
  return {
    schema: resultSchemaName,
    schemaVersion: resultSchemaVersion,
    started: new Date().toISOString(),
    version,
    commit: ownCommit(),
    profile: profile.name,
    budget: { ...profile.budget },
    machine: thisMachine(),
    contestants: contestants.contestants.map(({ name, kind, version: own, about, threads }) => ({
      name,
      kind,
      version: own,
      about,
      threads,
    })),
    absent: contestants.absent.map(({ name, absent: { reason, remedy } }) => ({ name, reason, remedy })),
  };
}

async function addPasses(journal: Journal, { contestants, onNote = () => {} }: SessionOptions): Promise<void> {
  const known = new Set(journal.entries.flatMap((entry) => ("passes" in entry ? [entry.passes.contestant] : [])));
  for (const { name, javaScript } of contestants.countable) {
    if (javaScript === null || known.has(name)) continue;
    try {
      for (const passes of await countPasses(javaScript)) journal.add({ passes });
    } catch (error) {
      onNote(`the passes of ${name} cannot be counted: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function addColdRuns(journal: Journal, options: SessionOptions): Promise<void> {
  const { contestants, profile, signal, onFirstRun = () => {} } = options;
  const known = new Set(journal.entries.flatMap((entry) => coldKeys(entry)));
  const planned = profile.cold
    .flatMap((name) => caseNamed(name))
    .flatMap((kase) =>
      (["step", "infer"] as const).flatMap((operation) =>
        contestants.fresh().map((fresh) => ({ fresh, asked: { case: kase, operation, contestant: fresh.name } })),
      ),
    );
  const left = planned.filter(({ asked }) => !known.has(coldKey(asked)));
  const start = performance.now();
  for (const [index, { fresh, asked }] of left.entries()) {
    if (signal?.aborted) return;
    const each = index === 0 ? null : (performance.now() - start) / index;
    const done = planned.length - left.length + index;
    onFirstRun({ ...asked, done, of: planned.length, left: each === null ? null : each * (left.length - index) });
    const cold = await coldRun(fresh, asked.case, asked.operation);
    journal.add(cold === null ? { notCold: asked } : { cold });
  }
}

function coldKeys(entry: JournalEntry): string[] {
  if ("cold" in entry) return [coldKey(entry.cold)];
  return "notCold" in entry ? [coldKey(entry.notCold)] : [];
}

function coldKey({
  case: kase,
  operation,
  contestant,
}: Extract<JournalEntry, { notCold: unknown }>["notCold"]): string {
  return [caseId(kase), operation, contestant].join(" ");
}
