import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { environment, type Ran } from "@batchnorm/testing/command";
import { whole } from "@batchnorm/testing/whole";
import { benchmarkCases, geometricMean, spreadOf, takeLock } from "@batchnorm/timing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { exitCodes } from "../src/exit-codes.js";
import { main } from "../src/main.js";
import { parseReport, reportToJson } from "../src/report/report-json.js";
import { type Report, reportOperations } from "../src/report/schema.js";
import { bin, run } from "./run.js";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "batchnorm-report-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const read = (...path: string[]) => readFileSync(join(directory, ...path), "utf8");
/** the directory must hold nothing but whole files */
function expectWholeFiles(path: string): void {
  const names = existsSync(path) ? readdirSync(path) : [];
  for (const name of names) expect(["index.html", "report.json"]).toContain(name);
  if (names.includes("report.json")) parseReport(readFileSync(join(path, "report.json"), "utf8"));
  if (names.includes("index.html")) expect(readFileSync(join(path, "index.html"), "utf8")).toMatch(/<\/html>\s*$/);
}

describe("batchnorm report", () => {
  let ran: Ran;
  let report: Report;
  let began: number;
  beforeAll(async () => {
    began = Date.now();
    // a machine without PyTorch, wherever this runs
    const env = { BATCHNORM_PYTHON: join(directory, "python"), BATCHNORM_REQUIRE: "" };
    ran = await run(["report"], { cwd: directory, env });
    report = parseReport(read("report", "report.json"));
  });

  it("writes both files into report/ and ends with 0", () => {
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(join(directory, "report")).sort()).toEqual(["index.html", "report.json"]);
    expect(ran.stdout).toContain(join("report", "index.html"));
  });

  it("shows progress in plain lines, the recommendation, and a table with every shape and implementation", () => {
    expect(ran.stdout).toContain("Check against the specification");
    expect(ran.stdout).toMatch(
      /^fastest here: \S+, within [\d.]+ ulp of the specification; .* as fast as baseline tfjs-/m,
    );
    for (const { shape } of benchmarkCases({ quick: true })) expect(ran.stdout).toContain(`(${shape.join(", ")})`);
    expect(ran.stdout).toMatch(/cpu +[\d.]+ .s \([\d.]+x\)/);
    expect(ran.stdout).toMatch(/baseline tfjs-cpu +[\d.]+ .s/);
    expect(ran.stdout).not.toContain("\u001b");
  });

  it("says which components are absent and why, and what compares with PyTorch", () => {
    expect(ran.stdout).toMatch(/^pytorch absent: BATCHNORM_PYTHON is .*; run `npm run setup -- pytorch`/m);
    expect(ran.stdout).toContain(
      "To compare with PyTorch and ONNX Runtime, run the repository's benchmarks (npm run bench).",
    );
    expect(report.absent).toContainEqual(expect.objectContaining({ kind: "component", name: "pytorch" }));
  });

  it("tells machine, versions, checks, errors and every sample in report.json", () => {
    expect(report.machine.node).toBe(process.versions.node);
    const backends = report.checks.map(({ backend }) => backend);
    expect(backends.slice(0, 5)).toEqual(["cpu", "wasm", "tfjs-cpu", "tfjs-cpu-cpu", "tfjs-wasm"]);
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
    const peers = report.implementations.filter(({ kind }) => kind === "peer").map(({ name }) => name);
    expect(peers.slice(-2)).toEqual(["baseline tfjs-wasm", "baseline tfjs-cpu"]); // the slowest last
    expect(report.groups.length).toBe(benchmarkCases({ quick: true }).length * reportOperations.length);
    for (const { cells } of report.groups) {
      expect(cells.map(({ implementation }) => implementation)).toEqual([...backends, ...peers]);
      for (const cell of cells) {
        if (cell.outcome !== "timed")
          expect(cell).toMatchObject({ outcome: "skipped", reason: expect.stringContaining("a run would take") });
        else expect(cell.rounds.length).toBe(report.budget.rounds);
      }
    }
    expect(report.drift.length).toBeGreaterThanOrEqual(2);
    expect(Date.parse(report.created)).toBeGreaterThanOrEqual(began);
    expect(Date.parse(report.created)).toBeLessThanOrEqual(Date.now());
  });

  it("recommends the backend that took the least time in it, whichever that is on this machine now", () => {
    const meanTime = (name: string) =>
      geometricMean(
        report.groups
          .flatMap(({ cells }) => cells)
          .flatMap((cell) => (cell.outcome === "timed" && cell.implementation === name ? [cell.rounds.flat()] : []))
          .map((samples) => spreadOf(samples).median),
      );
    const names = report.backends.map(({ name }) => name);
    const [fastest] = names.sort((a, b) => meanTime(a) - meanTime(b));
    expect(report.recommendation).toMatchObject({
      backend: fastest,
      peer: { name: expect.stringMatching(/^baseline tfjs-(wasm|tensorflow)$/) },
    });
    expect(ran.stdout).toContain(`fastest here: ${fastest}, `);
  });

  it("shows errors over an axis of short labels: their unit stands once, above", () => {
    const page = read("report", "index.html");
    for (const dtype of ["float32", "float64"]) expect(page).toContain(`>Worst error in ulp, ${dtype}<`);
    expect(page).toMatch(/<text[^>]*>10<\/text>/);
    expect(page).not.toMatch(/<text[^>]*>\d+ ulp<\/text>/);
  });

  it("survives being written and read", () => {
    expect(parseReport(reportToJson(report))).toEqual(report);
  });

  it("says when what is read is cut off, something else, of another version, or damaged", () => {
    const json = read("report", "report.json");
    const changed = (change: object) => JSON.stringify({ ...report, ...change });
    expect(() => parseReport(json.slice(0, -100))).toThrow(/report\.json is not JSON, or cut off/);
    expect(() => parseReport('{"name":"other"}')).toThrow(/no report of batchnorm: its "schema" must be/);
    expect(() => parseReport("null", "x.json")).toThrow(/x\.json is no report of batchnorm/);
    expect(() => parseReport(changed({ schemaVersion: 99 }))).toThrow(/schema version 99, but .* reads version 3/);
    expect(() => parseReport(changed({ machine: { ...report.machine, cores: "two" } }))).toThrow(
      /damaged: at machine\.cores: .*two/,
    );
    expect(() => parseReport(changed({ checks: undefined }))).toThrow(/damaged: at checks/);
  });

  it("refuses to write what is no report", () => {
    expect(() => reportToJson({ ...report, groups: [{}] } as unknown as Report)).toThrow();
  });
});

describe("batchnorm report where it cannot write", () => {
  it.each([
    ["into a file", () => join(directory, "file")],
    ["below a file", () => join(directory, "file", "below")],
    ["over a directory", () => join(directory, "taken")],
  ])("%s: says so with code 2 before any work", async (_, out) => {
    writeFileSync(join(directory, "file"), "");
    mkdirSync(join(directory, "taken", "index.html"), { recursive: true });
    const { code, stdout, stderr } = await run(["report", "--out", out()]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: cannot write a report to .*; choose another with --out\n$/);
  });

  it.skipIf(process.platform !== "linux")("finds out by writing, where permissions seem to allow it", async () => {
    const { code, stderr } = await run(["report", "--out", "/proc/sys/batchnorm/report"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: cannot write a report to \/proc\/sys\/batchnorm\/report: /);
  });

  it("refuses a directory without a name", async () => {
    const { code, stderr } = await run(["report", "--out", ""]);
    expect(code).toBe(2);
    expect(stderr).toBe("error: --out must name a directory, got an empty name\n");
  });
});

describe("batchnorm report while another runs", () => {
  it("says so with code 2 before any work, and writes nothing", async () => {
    const release = takeLock();
    try {
      const out = join(directory, "second");
      const { code, stdout, stderr } = await run(["report", "--out", out]);
      expect(code).toBe(exitCodes.wrongUse);
      expect(stdout).toBe("");
      expect(stderr).toMatch(new RegExp(`another benchmark or report is running \\(process ${process.pid}\\)`));
      expect(existsSync(out)).toBe(false);
    } finally {
      release();
    }
  });
});

describe("Ctrl-C", () => {
  function start(out: string) {
    const child = spawn(process.execPath, [bin, "report", "--out", out], {
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "exit") as Promise<[number | null, string | null]>;
    return { child, ended };
  }

  const phases = ["Check against the specification", "Time the backends"];

  it.each(whole ? phases : phases.slice(0, 1))("during %j ends with 130 and leaves no file", async (phase) => {
    const out = join(directory, "interrupted");
    const { child, ended } = start(out);
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes(phase)) resolve();
      });
    });
    child.kill("SIGINT");
    expect(await ended).toEqual([exitCodes.interrupted, null]);
    expect(existsSync(out)).toBe(false);
  });

  it.runIf(whole)("during the writing leaves only whole files", async () => {
    const out = join(directory, "writing");
    mkdirSync(out);
    const { child, ended } = start(out);
    child.stdout.resume();
    const watcher = watch(out, (_, name) => {
      if (!name?.startsWith(".batchnorm-")) child.kill("SIGINT"); // that one only finds out whether it can write
    });
    const [code] = await ended;
    watcher.close();
    expect([exitCodes.ok, exitCodes.interrupted]).toContain(code);
    expectWholeFiles(out);
  });
});

describe("batchnorm report with a backend that is wrong", () => {
  beforeEach(() => {
    vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("ends with 1, writes a report that says so, and does not time it", async () => {
    const out = join(directory, "wrong");
    const open = async () => {
      const backend = createCpuBackend();
      const move = backend.move.bind(backend);
      return Object.assign(backend, {
        move: (...[running, moments, weight]: Parameters<typeof move>) => move(running, moments, weight, 0),
      });
    };
    const wrong = { name: "cpu", packageName: "@batchnorm/backend-cpu", version: "0.0.0", open };
    const absent = {
      name: "gpu",
      packageName: "@batchnorm/backend-gpu",
      version: "0.0.0",
      open: async () => ({ present: false as const, reason: "no such device", remedy: "add one" }),
    };
    expect(await main(["report", "--out", out], [wrong, absent])).toBe(exitCodes.disagreement);
    const report = parseReport(read("wrong", "report.json"));
    expect(report.checks[0]?.passed).toBe(false);
    expect(report.recommendation).toBeNull();
    for (const { name } of report.implementations) expect(name).toMatch(/^baseline /);
    expect(report.absent).toContainEqual({
      kind: "backend",
      name: "gpu",
      reason: "no such device",
      remedy: "add one",
    });
    const page = read("wrong", "index.html");
    expect(page).toContain("No backend here agrees with the specification.");
    expect(page).toContain("cpu disagrees with the specification");
    expect(page).toMatch(/running_var in train is off by [\d.]+ ulp, at most 1 ulp allowed/);
    expect(page).toContain("cpu disagrees with the specification and was not timed");
    expect(page).toContain("absent: no such device; add one");
  });
});
