import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseResult } from "../src/results/read.js";
import { run } from "./run.js";

await describeWith(chromium, "npm run bench in a page of Chromium", (use) => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "batchnorm-in-page-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it.runIf(whole).each([
    ["chromium", true, ["cpu", "wasm", "wasm 2 threads", "baseline tfjs-wasm", "baseline tfjs-wasm 2 threads"]],
    ["chromium-not-isolated", false, ["cpu", "wasm", "baseline tfjs-wasm"]],
  ] as const)("times all that can run there, after they agree: %s", async (place, isolated, names) => {
    const question = ["--shape", "2x3x4x5", "--layout", "channels-first", "--op", "train"];
    const options = ["--in", place, ...question, "--threads", "1", "--threads", "2", "--json"];
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
