import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { countResults, removeResults, summaryLine } from "../results.mjs";
import { directoryWith } from "./directories.js";
import { plainEnvironment } from "./plain-environment.js";

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const suites = fileURLToPath(new URL("suites", import.meta.url));

/** A package whose results are those of a real run of a suite. */
function packageWithResultsOf(suite: string) {
  const directory = directoryWith({});
  const outputFile = join(directory, "reports", "vitest.json");
  mkdirSync(dirname(outputFile));
  const reporter = ["--reporter=json", `--outputFile=${outputFile}`];
  spawnSync(process.execPath, [vitest, "run", suite, "--root", suites, ...reporter], { env: plainEnvironment() });
  return { directory, manifest: { name: suite, scripts: { test: "vitest run" } } };
}

const none = new Set<string>();

describe("counting results", () => {
  it("counts what passed, failed, and was skipped or is to do", () => {
    const count = countResults([packageWithResultsOf("mixed")], new Set(["mixed"]));
    const notes = [expect.stringMatching(/mixed\.suite\.ts: fails: AssertionError: expected 1 to be 2/)];
    expect(count).toEqual({ passed: 2, failed: 1, skipped: 2, notes });
    expect(summaryLine(count)).toBe("2 passed, 1 failed, 2 skipped");
  });

  it("counts a test file that fails outside its tests as one failure, and names it", () => {
    const count = countResults([packageWithResultsOf("broken")], new Set(["broken"]));
    expect(count.failed).toBe(1);
    expect(count.notes).toEqual([expect.stringMatching(/broken\.suite\.ts: failed outside its tests/)]);
  });

  it("sums over packages and over the files of a package, and leaves those without tests out", () => {
    const untested = { directory: directoryWith({}), manifest: { name: "untested" } };
    const mixed = packageWithResultsOf("mixed");
    expect(countResults([mixed, untested, mixed], none)).toMatchObject({ passed: 4, failed: 2, skipped: 4 });
  });

  it("counts a package that left no results as one failure, and names it", () => {
    const silent = { directory: directoryWith({}), manifest: { name: "silent", scripts: { test: "vitest run" } } };
    expect(countResults([silent], none)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      notes: ["silent: its tests left no results"],
    });
  });

  it("counts a package whose run failed though no test did as one failure", () => {
    const file = { name: "a.test.ts", status: "passed", assertionResults: [{ status: "passed" }] };
    const directory = directoryWith({ "reports/vitest.json": { testResults: [file] } });
    const covered = { directory, manifest: { name: "covered", scripts: { test: "vitest run" } } };
    expect(countResults([covered], none)).toMatchObject({ passed: 1, failed: 0 });
    expect(countResults([covered], new Set(["covered"]))).toMatchObject({ passed: 1, failed: 1 });
  });

  it("counts results that cannot be read as a failure", () => {
    const directory = directoryWith({ "reports/vitest.json": "{" });
    const torn = { directory, manifest: { name: "torn", scripts: { test: "vitest run" } } };
    expect(countResults([torn], none)).toMatchObject({ failed: 1, notes: [expect.stringContaining("cannot be read")] });
  });

  it("forgets the results of earlier runs", () => {
    const mixed = packageWithResultsOf("mixed");
    removeResults([mixed]);
    expect(existsSync(join(mixed.directory, "reports", "vitest.json"))).toBe(false);
    expect(countResults([mixed], none)).toMatchObject({ passed: 0, failed: 1 });
  });
});
