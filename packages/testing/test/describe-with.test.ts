import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { writeExecutable } from "../src/executable.js";
import { temporaryFolder } from "../src/folder.js";

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const suites = fileURLToPath(new URL("suites", import.meta.url));

/** Runs the suite that needs chromium in a vitest of its own. */
async function runSuite(env: { BATCHNORM_CHROMIUM: string; BATCHNORM_REQUIRE: string }) {
  const outputFile = join(temporaryFolder(), "results.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${outputFile}`];
  const ended = await new Promise<{ code: unknown; printed: string }>((resolve) => {
    execFile(
      process.execPath,
      [vitest, "run", "--root", suites, ...reporters],
      // without the variables by which people and test runners tell vitest what to do
      { env: { PATH: process.env.PATH, NO_COLOR: "1", ...env } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, printed: stdout + stderr }),
    );
  });
  const { testResults } = JSON.parse(readFileSync(outputFile, "utf8"));
  const [file] = testResults;
  const statuses = Object.fromEntries(
    file.assertionResults.map((test: { title: string; status: string }) => [test.title, test.status]),
  );
  return { ...ended, statuses, file: file.status };
}

describe("a suite that needs a component", () => {
  it("runs where it is present", async () => {
    const path = writeExecutable(join(temporaryFolder(), "chromium"), "echo Chromium 99.0.1.2");
    const result = await runSuite({ BATCHNORM_CHROMIUM: path, BATCHNORM_REQUIRE: "chromium" });
    expect(result.statuses).toEqual({
      "knows the version": "passed",
      "knows the path": "passed",
      "needs nothing": "passed",
    });
    expect(result.code).toBe(0);
  });

  it("is reported as skipped, with the reason, where it is absent", async () => {
    const result = await runSuite({ BATCHNORM_CHROMIUM: "/nowhere/chromium", BATCHNORM_REQUIRE: "" });
    expect(result.statuses).toEqual({
      "knows the version": "skipped",
      "knows the path": "skipped",
      "needs nothing": "passed",
    });
    expect(result.printed).toMatch(/^chromium absent: BATCHNORM_CHROMIUM is \/nowhere\/chromium.*; install /m);
    expect(result.code).toBe(0);
  });

  it("fails where it is absent and required", async () => {
    const result = await runSuite({ BATCHNORM_CHROMIUM: "/nowhere/chromium", BATCHNORM_REQUIRE: "all" });
    expect(result.statuses).toEqual({
      "with a browser: needs chromium": "failed",
      "knows the version": "skipped",
      "knows the path": "skipped",
      "needs nothing": "passed",
    });
    expect(result.printed).toContain("ComponentError: chromium absent: BATCHNORM_CHROMIUM is /nowhere/chromium");
    expect(result.code).toBe(1);
  });

  it("fails when BATCHNORM_REQUIRE has a name that no component has", async () => {
    const result = await runSuite({ BATCHNORM_CHROMIUM: "/nowhere/chromium", BATCHNORM_REQUIRE: "browser" });
    expect(result.file).toBe("failed");
    expect(result.printed).toContain('BATCHNORM_REQUIRE names "browser"');
    expect(result.code).toBe(1);
  });
});
