import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { smallCase as small } from "@batchnorm/testing/small-case";
import type { BenchmarkCase, Implementation } from "@batchnorm/timing";
import {
  backendImplementation,
  type GroupLimits,
  type PlannedGroup,
  plain,
  runGroup,
  Speeds,
  thisMachine,
  workloadOf,
} from "@batchnorm/timing";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
// as built, since several threads copy in workers
import { Journal as BuiltJournal } from "../dist/running/journal.js";
import { runBenchmarks as builtRun } from "../dist/running/run.js";
import { ResumeError } from "../src/errors.js";
import { helperImplementation } from "../src/implementations/helper-implementation.js";
import { resultSchema } from "../src/results/schema.js";
import { Journal, type RunHead } from "../src/running/journal.js";
import { runBenchmarks } from "../src/running/run.js";

const larger: BenchmarkCase = { ...small, name: "larger", shape: [6, 3, 8, 9] };
const budget = { rounds: 2, milliseconds: 4 };

const cpu = (name = "cpu", limit = () => 2): Implementation =>
  backendImplementation(createCpuBackend(), { name, version: "0", limit });

const limits = (changes: Partial<GroupLimits> = {}): GroupLimits => ({
  budget,
  longestRun: 1000,
  speeds: new Speeds(),
  availableMemory: () => 1e9,
  ...changes,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "batchnorm-running-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a group", () => {
  it("times who agrees by rounds, and says of the others why they were not timed", async () => {
    // says hello, and crashes on whatever comes then
    const code = `require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { id, do: what } = JSON.parse(line);
      if (what !== "hello") process.exit(9);
      console.log(JSON.stringify({ id, ok: { version: "1", threads: 1 } }));
    });`;
    const crashing = await helperImplementation({
      name: "crashing",
      kind: "peer",
      about: "a test",
      threads: 1,
      limit: () => 2,
      tensorsHeld: 6,
      command: { file: process.execPath, args: ["-e", code] },
    });
    const double = Object.defineProperty(createCpuBackend(), "capabilities", {
      value: { dtypes: ["float64" as const], hostVisible: true, threads: 1 },
    });
    const float64Only = backendImplementation(double, { name: "float64 only", version: "0", limit: () => 2 });
    const implementations = [cpu(), crashing, cpu("wrong", () => 0), float64Only, cpu("again")];
    const cells = await runGroup(plain("step"), workloadOf(small), implementations, limits());
    expect(cells).toMatchObject([
      { outcome: "timed", implementation: "cpu" },
      { outcome: "failed", implementation: "crashing", reason: "it ended with exit code 9" },
      { outcome: "disagrees", implementation: "wrong" },
      { outcome: "skipped", implementation: "float64 only", reason: "it does not compute in float32" },
      { outcome: "timed", implementation: "again" },
    ]);
    for (const cell of cells) {
      if (cell.outcome !== "timed") continue;
      expect(cell.rounds.length).toBe(budget.rounds);
      expect(cell.errors.map(({ result }) => result)).toContain("dx");
    }
    await crashing.close?.();
  });
});

const head = (changes: Partial<RunHead> = {}): RunHead => ({
  schema: "batchnorm-benchmark",
  schemaVersion: 2,
  started: "2026-01-02T03:04:05.000Z",
  version: "0.0.0",
  commit: null,
  profile: "test",
  budget,
  machine: thisMachine(),
  implementations: [{ name: "cpu", kind: "backend", version: "0", about: "the cpu backend", threads: 1 }],
  absent: [],
  ...changes,
});

describe("a run", () => {
  const groups: PlannedGroup[] = [small, larger].flatMap((testCase) =>
    (["infer", "train"] as const).map((operation) => ({
      case: testCase,
      task: plain(operation),
      everyThread: true,
      everyEngine: false,
      longestRun: 1000,
    })),
  );
  const journalPath = () => join(folder, "test.partial.jsonl");
  const run = (journal: Journal, signal?: AbortSignal, seen: string[] = []) =>
    runBenchmarks({
      journal,
      implementations: { implementations: [cpu()], ofEngines: new Set() },
      groups,
      budget,
      onProgress: ({ group }) => seen.push(`${group.case.name} ${group.task.operation}`),
      ...(signal === undefined ? {} : { signal }),
    });

  it("gives a result of every group, with copies before and after", async () => {
    const result = await run(Journal.start(journalPath(), head()));
    expect(v.parse(resultSchema, result)).toEqual(result);
    expect(result?.groups.length).toBe(groups.length);
    expect(result?.drift.length).toBeGreaterThanOrEqual(2);
  });

  it("has implementations of several threads, and of engines, only where they compete", async () => {
    const threads = { ...cpu("threads"), threads: 2 };
    const engine = cpu("engine");
    const result = await builtRun({
      journal: BuiltJournal.start(
        journalPath(),
        head({
          implementations: ["cpu", "threads", "engine"].map(
            (name) => ({ ...head().implementations[0], name }) as never,
          ),
        }),
      ),
      implementations: { implementations: [cpu(), threads, engine], ofEngines: new Set([engine]) },
      groups: [
        { case: small, task: plain("infer"), everyThread: false, everyEngine: false, longestRun: 1000 },
        { case: small, task: plain("train"), everyThread: true, everyEngine: false, longestRun: 1000 },
        { case: small, task: plain("step"), everyThread: false, everyEngine: true, longestRun: 1000 },
      ],
      budget,
    });
    const competing = result?.groups.map(({ cells }) => cells.map(({ implementation }) => implementation));
    expect(competing).toEqual([["cpu"], ["cpu", "threads"], ["cpu", "engine"]]);
  });

  it("that is stopped is resumed where it was, also where its last line is cut off", async () => {
    const stop = new AbortController();
    const journal = Journal.start(journalPath(), head());
    const seen: string[] = [];
    const stopped = runBenchmarks({
      journal,
      implementations: { implementations: [cpu()], ofEngines: new Set() },
      groups,
      budget,
      signal: stop.signal,
      onProgress: ({ group, done }) => {
        seen.push(`${group.case.name} ${group.task.operation}`);
        if (done === 2) stop.abort();
      },
    });
    expect(await stopped).toBeNull();
    expect(seen).toEqual(["small infer", "small train", "larger infer"]);
    const text = readFileSync(journalPath(), "utf8");
    writeFileSync(journalPath(), text.slice(0, -40)); // cut off in the middle of "larger infer"
    const rest: string[] = [];
    const resumed = Journal.resume(journalPath(), head({ started: "2027-01-02T03:04:05.000Z" }));
    const result = await run(resumed, undefined, rest);
    expect(rest).toEqual(["larger infer", "larger train"]);
    expect(result?.groups.length).toBe(groups.length);
    expect(result?.started).toBe(head().started);
  });

  it("is not resumed where results would mix, where there is none, or by a start", () => {
    expect(() => Journal.resume(journalPath(), head())).toThrow(/no run to resume/);
    Journal.start(journalPath(), head());
    expect(() => Journal.start(journalPath(), head())).toThrow(/go on with --resume, or remove the file/);
    expect(() => Journal.resume(journalPath(), head({ version: "9.9.9", profile: "other" }))).toThrow(
      /another version, profile, and results would mix/,
    );
    writeFileSync(journalPath(), "hello\n");
    expect(() => Journal.resume(journalPath(), head())).toThrow(ResumeError);
  });
});
