import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { checkOutputDirectory, exitCodes, makeDirectory, onStop, print, UsageError } from "@batchnorm/cli/terminal";
import { takeLock } from "@batchnorm/timing";
import { knownImplementations } from "../implementations/known.js";
import { openImplementations } from "../implementations/open.js";
import { ownVersion } from "../implementations/own-version.js";
import { resultToJson } from "../results/write.js";
import { benchmarkSession, journalPath } from "../running/session.js";
import { type BenchOptions, planOf } from "./options.js";
import { withProgress } from "./progress.js";
import { checkStopped } from "./stopped-runs.js";
import { benchSummary } from "./summary.js";

/** What a command leaves behind. */
export interface Outcome {
  /** the exit code */
  code: number;
}

/** Times what was asked, and writes the result. */
export async function runBench(options: BenchOptions, outcome: Outcome): Promise<void> {
  const { json = false, out, resume = false, backend, peer, threads, shape } = options;
  const { profile: asked, groups } = planOf(options);
  const profile = options.in === "node" ? asked : { ...asked, name: `${asked.name}-in-${options.in}` };
  const folder = checkOutputDirectory(out, { what: "results", files: [basename(journalPath(out, profile.name))] });
  const journal = journalPath(folder, profile.name);
  if (resume) checkStopped(journal);
  makeDirectory(folder);
  const { known, place } = await implementationsIn(options.in);
  const here = (names: readonly string[] | undefined) =>
    names?.filter((name) => known.some((one) => one.name === name));
  const implementations = await openImplementations(
    {
      backends: backend ?? here(profile.backends),
      peers: peer === false ? [] : (peer ?? here(profile.peers)),
      threads: threads ?? (groups.some(({ everyThread }) => everyThread) && shape === undefined ? everyCount() : [1]),
    },
    known,
  );
  onStop(() => (existsSync(journal) ? "stopped; the same command with --resume goes on" : null));
  try {
    const session = await withProgress(json, (onProgress) =>
      alone(`${journal}.lock`, () =>
        benchmarkSession({
          profile,
          groups,
          implementations,
          place,
          version: ownVersion(),
          folder,
          resume,
          onProgress,
        }),
      ),
    ).catch(rethrowUnderstood);
    if (session === null) return;
    if (json) process.stdout.write(resultToJson(session.result));
    else print(`\n${benchSummary(session.result)}\n\nwritten: ${session.path}`);
    const ours = new Set(
      session.result.implementations.filter(({ kind }) => kind === "backend").map(({ name }) => name),
    );
    const cells = session.result.groups.flatMap((group) => group.cells).filter((cell) => ours.has(cell.implementation));
    const wrong = cells.some(({ outcome }) => outcome === "disagrees" || outcome === "failed");
    if (wrong) outcome.code = exitCodes.disagreement;
  } finally {
    await implementations.close();
  }
}

/** Who can run there, and how results tell where that is. */
async function implementationsIn(where: BenchOptions["in"]) {
  if (where === "node") return { known: knownImplementations(), place: undefined };
  const { chromiumPlace, knownInChromium } = await import("../in-page/known.js");
  const isolated = where === "chromium";
  return { known: knownInChromium(isolated), place: await chromiumPlace(isolated) };
}

/** Two that go on with one run would mix, from whichever machine or user they are. @throws BusyError while another does */
async function alone<Result>(lock: string, work: () => Promise<Result>): Promise<Result> {
  const release = takeLock([lock]);
  try {
    return await work();
  } finally {
    release();
  }
}

/** 1, and as many as there are cores. */
function everyCount(): number[] {
  return [...new Set([1, availableParallelism()])];
}

const cannotWrite: readonly unknown[] = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"];

/** Places that turn out not to be writable, or full, while it runs: results, and temporary files. */
function rethrowUnderstood(error: unknown): never {
  if (!(error instanceof Error && "code" in error && cannotWrite.includes(error.code))) throw error;
  throw new UsageError(
    `cannot write: ${error.message}; make room, or choose another place with --out or TMPDIR; what was timed so far is kept, and --resume goes on`,
  );
}
