import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchmarkResult, parseResult } from "@batchnorm/benchmarks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodes } from "../src/exit-codes.js";
import { run } from "./run.js";

let directory: string;
let env: Record<string, string>;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "batchnorm-bench-test-"));
  env = { TMPDIR: directory }; // a lock of its own: another benchmark may be running
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const bench = (...args: string[]) => run(["bench", ...args], { cwd: directory, env });
const small = ["--shape", "4x3x5x5", "--layout", "channels-first", "--quick", "--no-peer"];

describe("batchnorm bench", () => {
  it("answers one's own question, with a peer, and writes every sample", async () => {
    const args = ["--shape", "4x3x5x5", "--layout", "channels-last", "--op", "infer", "--quick", "--peer", "tfjs cpu"];
    const { code, stdout, stderr } = await bench(...args, "--out", "answers");
    expect({ code, stderr }).toEqual({ code: exitCodes.ok, stderr: "" });
    expect(stdout).toMatch(/\(4, 5, 5, 3\), channels last +inference +cpu +[\d.]+ .s/);
    expect(stdout).toMatch(/ tfjs cpu +[\d.]+ .s/);
    const [file = ""] = readdirSync(join(directory, "answers"));
    const result = parseResult(readFileSync(join(directory, "answers", file), "utf8"), file);
    expect(result.groups.map(({ cells }) => cells.map(({ outcome }) => outcome))).toEqual([["timed", "timed"]]);
    expect(result.passes.length).toBeGreaterThan(0);
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
    [["--shape", "4x3", "--peer", "cudnn"], /there is no peer "cudnn"; expected one of tfjs cpu, pytorch/],
    [["--shape", "4x3", "--threads", "none"], /expected a whole number from 1 on/],
    [[...small, "--resume"], /there is no run to resume: .*question\.partial\.jsonl does not exist/],
    [["compare", "a.json", "b.json"], /a\.json/],
  ])("refuses %o with a reason", async (args, reason) => {
    const { code, stderr } = await bench(...args);
    expect(code).toBe(exitCodes.wrongUse);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain("    at ");
  });

  it("compares two results", async () => {
    const { stdout } = await bench(...small, "--json", "--out", "compared");
    expect(JSON.parse(stdout).groups.length).toBe(2);
    const [file = ""] = readdirSync(join(directory, "compared"));
    const path = join("compared", file);
    const compared = await bench("compare", path, path);
    expect(compared).toMatchObject({ code: exitCodes.ok, stderr: "" });
    expect(compared.stdout).toMatch(/0 faster, 0 slower, 2 the same, 0 not comparable/);
  });
});

describe("a run that is stopped", () => {
  const journal = () => join(directory, "stopped", "question.partial.jsonl");
  const entries = () => readFileSync(journal(), "utf8").split("\n").length;

  it("keeps what it has, keeps others out until then, and is resumed", async () => {
    const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
    const options = [
      "--shape",
      "resnet50/b1/channels-first",
      "--op",
      "infer",
      "--no-peer",
      "--quick",
      "--out",
      "stopped",
    ];
    const child = spawn(process.execPath, [bin, "bench", ...options], {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    while (!existsSync(journal()) || !readFileSync(journal(), "utf8").includes('"group"')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const second = await bench(...small, "--out", "second");
    expect(second.code).toBe(exitCodes.wrongUse);
    expect(second.stderr).toMatch(/another benchmark is running \(process \d+\)/);
    child.kill("SIGINT");
    expect(await ended).toBe(exitCodes.interrupted);
    expect(stderr).toContain("--resume goes on");
    const before = entries();
    const started = await bench(...options);
    expect(started.stderr).toMatch(/a run that was stopped lies in/);
    const other = await bench(...small, "--out", "stopped", "--resume");
    expect(other.stderr).toMatch(/timed resnet50.*, which is not asked for now/);
    const resumed = await bench(...options, "--resume", "--json");
    expect(resumed.code).toBe(exitCodes.ok);
    expect((JSON.parse(resumed.stdout) as BenchmarkResult).groups.length).toBe(12);
    expect(before).toBeGreaterThan(1);
    expect(existsSync(journal())).toBe(false);
  });
});
