import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "@batchnorm/cli/terminal";
import { environment } from "@batchnorm/testing/command";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseResult } from "../src/results/read.js";
import type { BenchmarkResult } from "../src/results/schema.js";
import { bin, run } from "./run.js";

let directory: string;
let env: Record<string, string>;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "batchnorm-bench-test-"));
  env = { TMPDIR: directory, BATCHNORM_LOCK_FOLDER: directory }; // a lock of its own: another benchmark may be running
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const bench = (...args: string[]) => run(args, { cwd: directory, env });
const small = ["--shape", "4x3x5x5", "--layout", "channels-first", "--quick", "--backend", "cpu", "--no-peer"];

describe("npm run bench", () => {
  it("names commands as they can be typed: in this clone, by npm", async () => {
    const help = await bench("--help");
    expect(help).toMatchObject({ code: exitCodes.ok, stderr: "" });
    expect(help.stdout).toContain("Usage: npm run bench -- [options] [command]");
    expect(help.stdout).toMatch(/\$ npm run setup -- pytorch +install PyTorch/);
    expect(help.stdout).toMatch(/skipped only if one run takes more than 30 s.* --peer and --no-peer choose peers/);
    expect(help.stdout).not.toContain("batchnorm bench");
    const compare = await bench("compare", "--help");
    expect(compare.stdout).toContain("Usage: npm run bench -- compare [options] <before> <after>");
  });

  it("answers one's own question, with a peer, and writes every sample", async () => {
    const pair = ["--backend", "cpu", "--peer", "baseline tfjs-cpu"];
    const args = ["--shape", "4x3x5x5", "--layout", "channels-last", "--op", "infer", "--quick", ...pair];
    const { code, stdout, stderr } = await bench(...args, "--out", "answers");
    expect({ code, stderr }).toEqual({ code: exitCodes.ok, stderr: "" });
    expect(stdout).toMatch(/\(4, 5, 5, 3\), channels last +inference +cpu +[\d.]+ .s/);
    expect(stdout).toMatch(/ baseline tfjs-cpu +[\d.]+ .s/);
    const [file = ""] = readdirSync(join(directory, "answers"));
    const result = parseResult(readFileSync(join(directory, "answers", file), "utf8"), file);
    expect(result.groups.map(({ cells }) => cells.map(({ outcome }) => outcome))).toEqual([["timed", "timed"]]);
    expect(stdout).toContain(join("answers", file));
  });

  it("prints nothing but the result with --json", async () => {
    const { code, stdout } = await bench(...small, "--op", "train", "--relu", "--reuse", "--json");
    expect(code).toBe(exitCodes.ok);
    const { groups } = JSON.parse(stdout) as BenchmarkResult;
    expect(groups).toMatchObject([{ operation: "train", activation: "relu", outputs: "reused" }]);
  });

  it.each([
    [["--shape", "resnet5"], /there is no case "resnet5"; near it: resnet50/],
    [["--shape", "4x3", "--op", "fly"], /Allowed choices are step, train, backward, infer/],
    [["--shape", "4x3", "--backend", "gpu"], /there is no backend "gpu"; expected one of cpu/],
    [["--shape", "4x3", "--peer", "cudnn"], /there is no peer "cudnn"; expected one of baseline tfjs-cpu, .*pytorch/],
    [["--shape", "4x3", "--threads", "none"], /expected a whole number from 1 on/],
    [[...small, "--resume"], /there is no run to resume: .*question-[0-9a-f]{8}\.partial\.jsonl does not exist/],
    [["--out", "/dev/null/x"], /cannot write results to \/dev\/null\/x: .*; choose another with --out/],
    [["--out", "/proc/x/y"], /cannot (create|write results to) \/proc\/x\/y: .*; choose another with --out/],
    [["--out", ""], /--out must name a directory/],
    [["--dtype", "float64"], /--dtype is about shapes of your own, and needs --shape/],
    [["--quick", "--op", "step"], /--op is about shapes of your own/],
    [["--layout", "channels-last"], /--layout is about/],
    [["--relu", "--reuse"], /--relu, --reuse are about shapes of your own, and need --shape/],
    [["compare", "a.json", "b.json"], /a\.json/],
  ])("refuses %o with a reason", async (args, reason) => {
    const { code, stderr } = await bench(...args);
    expect(code).toBe(exitCodes.wrongUse);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain("    at ");
  });

  it("refuses peers of which none can run here before it times, and says why once", async () => {
    const lacking = { ...env, BATCHNORM_PYTHON: "/nowhere/python" };
    const args = [...small.slice(0, -1), "--peer", "pytorch", "--peer", "pytorch malloc retained", "--out", "lacking"];
    const { code, stdout, stderr } = await run(args, { cwd: directory, env: lacking });
    expect({ code, stdout }).toEqual({ code: exitCodes.wrongUse, stdout: "" });
    expect(stderr).toMatch(
      /^error: no peer that was asked for can run here: pytorch, pytorch malloc retained absent: [^\n]*\n$/,
    );
    expect(stderr.split("/nowhere/python").length).toBe(2);
    expect(readdirSync(join(directory, "lacking"))).toEqual([]);
    const beside = await run([...args, "--peer", "baseline tfjs-cpu", "--op", "infer"], {
      cwd: directory,
      env: lacking,
    });
    expect(beside.code).toBe(exitCodes.ok);
    expect(beside.stdout).toMatch(/^pytorch, pytorch malloc retained absent: BATCHNORM_PYTHON is/m);
    expect(beside.stdout.split("/nowhere/python").length).toBe(2);
  });

  it("compares two results", async () => {
    const { stdout } = await bench(...small, "--json", "--out", "compared");
    expect(JSON.parse(stdout).groups.length).toBe(2);
    const [file = ""] = readdirSync(join(directory, "compared"));
    const path = join("compared", file);
    const compared = await bench("compare", path, path);
    expect(compared).toMatchObject({ code: exitCodes.ok, stderr: "" });
    expect(compared.stdout).toMatch(/0 faster, 0 slower, 2 the same, 0 not comparable, 0 timed in neither/);
    expect(compared.stdout).toContain("copies of the same tensors took equally long in both");
  });

  it("compares by shape, counts what neither has timed, and refuses results that share nothing", async () => {
    const asked = [
      "--shape",
      "4x3x5x5",
      "--layout",
      "channels-first",
      "--quick",
      "--backend",
      "cpu",
      "--no-peer",
      "--op",
      "infer",
      "--json",
    ];
    const result = parseResult((await bench(...asked)).stdout, "one");
    const { groups } = result;
    const write = (file: string, of: BenchmarkResult["groups"]) =>
      writeFileSync(join(directory, file), JSON.stringify({ ...result, groups: of }));
    const skipped = groups.map((group) => ({
      ...group,
      operation: "train" as const,
      cells: [{ outcome: "skipped" as const, implementation: "cpu", reason: "too large" }],
    }));
    const slower = groups.map((group) => ({
      ...group,
      cells: group.cells.map((cell) =>
        cell.outcome === "timed"
          ? { ...cell, rounds: cell.rounds.map((times) => times.map((time) => 100 * time)) }
          : cell,
      ),
    }));
    const inSet = (of: BenchmarkResult["groups"]) =>
      of.map((group) => ({ ...group, case: { ...group.case, set: "twins" } }));
    write("before.json", [...groups, ...skipped]);
    write("after.json", [...slower, ...skipped]);
    write(
      "other.json",
      skipped.map((group) => ({ ...group, operation: "backward" as const })),
    );
    write("before-twins.json", [...groups, ...inSet(groups)]);
    write("after-twins.json", [...slower, ...inSet(slower)]);

    const compared = await bench("compare", "before.json", "after.json");
    expect(compared.code).toBe(exitCodes.ok);
    expect(compared.stdout).toMatch(/^\(4, 3, 5, 5\), channels first +inference +cpu +slower +100\.00/m);
    expect(compared.stdout).toContain("0 faster, 1 slower, 0 the same, 0 not comparable, 1 timed in neither");
    expect(compared.stdout).not.toContain("too large");
    const twins = await bench("compare", "before-twins.json", "after-twins.json");
    expect(twins.stdout).toMatch(/^twins\/b4\/3x5x5\/channels-first +inference +cpu +slower/m);
    const nothing = await bench("compare", "before.json", "other.json");
    expect(nothing.code).toBe(exitCodes.wrongUse);
    expect(nothing.stderr).toMatch(/before\.json and other\.json share nothing that could be compared/);
  });
});

describe("a run that is stopped", () => {
  const folder = () => join(directory, "stopped");
  const partial = () => (existsSync(folder()) ? readdirSync(folder()).filter((name) => name.endsWith(".jsonl")) : []);
  const journal = () => join(folder(), partial()[0] ?? "none");
  const entries = () => readFileSync(journal(), "utf8").split("\n").length;

  const options = [
    "--shape",
    "resnet50/b1/channels-first",
    "--op",
    "infer",
    "--backend",
    "cpu",
    "--no-peer",
    "--quick",
  ];
  const start = (...args: string[]) => {
    return spawn(process.execPath, [bin, ...options, ...args], {
      cwd: directory,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
  const temporary = () => readdirSync(directory).filter((name) => /^batchnorm-bench-/.test(name));

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("by %s ends with %i, and leaves no lock and no temporary folder", async (signal, code) => {
    const child = start("--out", signal);
    child.stdout.resume();
    child.stderr.resume();
    const ended = new Promise((resolve) => child.once("close", resolve));
    while (temporary().length !== 2) await pause(); // the lock, and a folder of inputs
    expect(temporary().some((name) => name.endsWith(".lock"))).toBe(true);
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(temporary()).toEqual([]);
  });

  const script = spawnSync("script", ["--version"]);
  const isUtilLinux = script.status === 0 && String(script.stdout).includes("util-linux");
  if (!isUtilLinux) console.warn("script absent: Ctrl-C on a terminal is not tested; install util-linux");
  it.skipIf(!isUtilLinux)("by Ctrl-C on a terminal says how it goes on (util-linux script)", async () => {
    const quoted = [process.execPath, bin, ...options, "--out", "terminal"].map((word) => `'${word}'`);
    const child = spawn("script", ["-qec", quoted.join(" "), "/dev/null"], {
      cwd: directory,
      env: environment(env),
    });
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const running = join(directory, "terminal");
    while (!existsSync(running) || !readdirSync(running).some((name) => name.endsWith(".jsonl"))) await pause();
    child.stdin.write("\u0003");
    expect(await ended).toBe(exitCodes.interrupted);
    expect(shown).toMatch(/interrupted\r?\n.*stopped; the same command with --resume goes on/s);
  });

  it("is named where another is to be resumed", async () => {
    const folder = join(directory, "beside");
    mkdirSync(folder);
    writeFileSync(join(folder, "quick.partial.jsonl"), "{}\n");
    const full = await bench("--resume", "--out", "beside");
    expect(full.code).toBe(exitCodes.wrongUse);
    expect(full.stderr).toMatch(/no run to resume: .*full\.partial\.jsonl does not exist; .*-- --quick --resume`/);
    const question = await bench("--resume", "--quick", "--shape", "4x3", "--out", "beside");
    expect(question.stderr).toMatch(/does not exist; .*bench -- --quick --resume/);
    writeFileSync(join(folder, "question-01234567.partial.jsonl"), "{}\n");
    const both = await bench("--resume", "--out", "beside");
    expect(both.stderr).toMatch(/question-01234567\.partial\.jsonl .* the --shape/);
  });

  it("keeps what it has, keeps others out until then, and is resumed", async () => {
    const child = start("--out", "stopped");
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    while (!existsSync(journal()) || !readFileSync(journal(), "utf8").includes('"group"')) {
      await pause();
    }
    child.kill("SIGSTOP"); // however long the others take, it does not end before them
    const elsewhere = { ...env, TMPDIR: join(directory, "..") };
    const second = await run([...small, "--out", "second"], { cwd: directory, env: elsewhere });
    expect(second.code).toBe(exitCodes.wrongUse);
    expect(second.stderr).toMatch(/another benchmark or report is running \(process \d+\)/);
    expect(second.stdout).toBe(""); // no step that never began
    const unaware = { ...env, BATCHNORM_LOCK_FOLDER: join(directory, "another") };
    const same = await run([...options, "--out", "stopped", "--resume"], { cwd: directory, env: unaware });
    expect(same).toMatchObject({
      code: exitCodes.wrongUse,
      stderr: expect.stringMatching(/is running \(process \d+\)/),
    });
    child.kill("SIGINT");
    child.kill("SIGCONT");
    expect(await ended).toBe(exitCodes.interrupted);
    expect(stderr).toContain("--resume goes on");
    const before = entries();
    const started = await bench(...options, "--out", "stopped");
    expect(started).toMatchObject({ stdout: "", stderr: expect.stringMatching(/a run that was stopped lies in/) });
    const other = await bench(...small, "--out", "stopped"); // another question is not in its way
    expect(other.code).toBe(exitCodes.ok);
    const resumed = await bench(...options, "--out", "stopped", "--resume", "--json");
    expect(resumed.code).toBe(exitCodes.ok);
    expect((JSON.parse(resumed.stdout) as BenchmarkResult).groups.length).toBe(12);
    expect(before).toBeGreaterThan(1);
    expect(partial()).toEqual([]);
  });
});
