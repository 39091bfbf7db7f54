import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { afterEach, beforeEach, expect, it } from "vitest";
import { onnxruntimeWeb } from "../src/in-page/onnxruntime-web.js";
import { parseResult } from "../src/results/read.js";
import { run } from "./run.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "batchnorm-in-page-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

await describeWith(chromium, "npm run bench in a page of Chromium", (use) => {
  it.runIf(whole).each([
    ["chromium", true, ["cpu", "wasm", "wasm 2 threads", "baseline tfjs-wasm", "baseline tfjs-wasm 2 threads"]],
    ["chromium-not-isolated", false, ["cpu", "wasm", "baseline tfjs-wasm"]],
  ] as const)("times backends and TensorFlow.js there, after they agree: %s", async (place, isolated, names) => {
    const question = ["--shape", "2x3x4x5", "--layout", "channels-first", "--op", "train"];
    const options = [
      "--in",
      place,
      ...question,
      "--peer",
      "baseline tfjs-wasm",
      "--threads",
      "1",
      "--threads",
      "2",
      "--json",
    ];
    const { code, stdout, stderr } = await run(options, { cwd: directory });
    const result = parseResult(stdout, "stdout");
    expect(result.place).toEqual({ engine: "Chromium", version: use().version, isolated });
    expect(result.profile).toMatch(new RegExp(`^question-.*-in-${place}$`));
    const [group] = result.groups;
    const reasons = group?.cells.map((cell) => ("reason" in cell ? cell.reason : undefined));
    expect(reasons).toEqual(names.map(() => undefined));
    expect(group?.cells).toMatchObject(names.map((implementation) => ({ implementation, outcome: "timed" })));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

const chromiumIsHere = (await chromium.probe()).present;

await describeWith(onnxruntimeWeb, "npm run bench beside onnxruntime-web in a page of Chromium", (use) => {
  it.runIf(whole && chromiumIsHere).each([
    ["chromium", ["wasm", "wasm 2 threads", "onnxruntime-web", "onnxruntime-web 2 threads"]],
    ["chromium-not-isolated", ["wasm", "onnxruntime-web"]],
  ] as const)("times its inference, after it agrees, and nothing else: %s", async (place, names) => {
    const question = ["--shape", "3x5x4x6", "--shape", "7x5", "--op", "infer", "--op", "step", "--relu"];
    const chosen = ["--backend", "wasm", "--peer", "onnxruntime-web", "--threads", "1", "--threads", "2"];
    const { code, stdout, stderr } = await run(["--in", place, ...question, ...chosen, "--json"], { cwd: directory });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { groups, implementations } = parseResult(stdout, "stdout");
    for (const { name, version } of implementations) {
      if (name.startsWith("onnxruntime-web")) expect(version).toBe(use().version);
    }
    expect(groups.map(({ operation }) => operation)).toEqual(["infer", "step", "infer", "step", "infer", "step"]);
    for (const { operation, cells } of groups) {
      const outcomes = cells.map(({ implementation, outcome }) => [implementation, outcome]);
      const timed = (name: string) => operation === "infer" || name.startsWith("wasm");
      expect(outcomes).toEqual(names.map((name) => [name, timed(name) ? "timed" : "skipped"]));
    }
  });
});
