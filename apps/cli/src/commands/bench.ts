import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import {
  benchmarkSession,
  journalPath,
  openImplementations,
  type Profile,
  resultToJson,
  takeLock,
} from "@batchnorm/benchmarks";
import type { Command } from "commander";
import { addBenchOptions, type BenchOptions, planOf } from "../bench/options.js";
import { withProgress } from "../bench/progress.js";
import { checkStopped } from "../bench/stopped-runs.js";
import { benchSummary } from "../bench/summary.js";
import type { Context } from "../context.js";
import { examplesText } from "../examples.js";
import { exitCodes, UsageError } from "../exit-codes.js";
import { onStop } from "../interrupt.js";
import { print } from "../output.js";
import { checkOutputDirectory, makeDirectory } from "../report/output-directory.js";
import { ownVersion } from "../version.js";
import { addCompare } from "./bench-compare.js";
import { addBenchSetup } from "./bench-setup.js";

/** `batchnorm bench` */
export function define(command: Command, context: Context): void {
  command
    .addHelpText(
      "after",
      `${examplesText([
        ["bench --quick", "a first look"],
        ["bench", "everything; Ctrl-C, and --resume goes on"],
        ["bench --shape 32x64x56x56 --op step --no-peer", "your own question"],
        ["bench --shape resnet50/b1 --peer pytorch", "a network's shapes beside one peer"],
        ["bench setup", "install PyTorch for it"],
        ["bench compare before.json after.json", "what has changed"],
      ])}

Questions of your own wait for slow peers: nobody is skipped whose run takes less than 30 s. --peer and --no-peer choose.

Exit codes: 0 ok, 1 a backend disagrees with the specification or fails, 2 wrong use, another benchmark or report is running, a
run that cannot be resumed, or a place that cannot be written, 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP (what was timed so
far is kept).`,
    )
    .action((options: BenchOptions) => runBench(options, context));
  addBenchOptions(command);
  addBenchSetup(command);
  addCompare(command);
}

async function runBench(options: BenchOptions, context: Context): Promise<void> {
  const { json = false, out, resume = false, backend, peer, threads, shape } = options;
  const { profile, groups } = planOf(options);
  const folder = checkOutputDirectory(out, { what: "results", files: [basename(journalPath(out, profile.name))] });
  const journal = journalPath(folder, profile.name);
  if (resume) checkStopped(journal);
  makeDirectory(folder);
  const implementations = await openImplementations({
    ...backendsOf(backend, profile),
    ...peersOf(peer, profile),
    threads: threads ?? (groups.some(({ everyThread }) => everyThread) && shape === undefined ? everyCount() : [1]),
  });
  onStop(() => (existsSync(journal) ? "stopped; the same command with --resume goes on" : null));
  try {
    const session = await withProgress(json, (onProgress) =>
      alone(`${journal}.lock`, () =>
        benchmarkSession({
          profile,
          groups,
          implementations,
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
    if (wrong) context.code = exitCodes.disagreement;
  } finally {
    await implementations.close();
  }
}

function backendsOf(backend: BenchOptions["backend"], { backends }: Profile): { backends?: readonly string[] } {
  const chosen = backend ?? backends;
  return chosen === undefined ? {} : { backends: chosen };
}

function peersOf(peer: BenchOptions["peer"], { peers }: Profile): { peers?: readonly string[] } {
  if (peer === false) return { peers: [] };
  const chosen = peer ?? peers;
  return chosen === undefined ? {} : { peers: chosen };
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
