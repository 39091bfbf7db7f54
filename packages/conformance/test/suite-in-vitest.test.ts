import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { numericsChecks } from "../src/checks/numerics/index.js";

const minutes = 60_000;
const folder = fileURLToPath(new URL("suites", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

/** What vitest's default reporter prints of a backend of a user, where tests of some names are asked for. */
function printed(names: string): Promise<string> {
  const command = [vitest, "run", "--reporter=default", "-t", names];
  const options = { cwd: folder, env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" }, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, command, options, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe("a wrong backend in vitest", () => {
  let output: string;
  beforeAll(async () => {
    output = await printed("\\[(every-element|float64-sums)\\]");
  }, 5 * minutes);

  it("is told once how many checks wait for what failed, before all failures", () => {
    const waiting = numericsChecks().filter(({ requirement, large }) => requirement === "float64-sums" && !large);
    const line = `every-element failed: ${waiting.length} checks not judged until it holds`;
    expect(output.split(line)).toHaveLength(2);
    expect(output.indexOf(line)).toBeLessThan(output.indexOf("Failed Tests"));
  });

  it("is told where its own code threw, instead of a guess", () => {
    const error = "TypeError: Cannot set properties of undefined (setting 'sum')";
    expect(output).toContain(`1 to 130 rows, float32: it threw ${error}\n  at sumRow (${folder}/my-backend.ts:`);
    expect(output).not.toContain("hint:");
  });
});

it("one requirement is asked by its name", { timeout: 5 * minutes }, async () => {
  const output = await printed("\\[relu\\]");
  expect(output).toMatch(/Tests {2}\d+ passed \| \d+ skipped \(\d+\)/);
  expect(output).not.toContain("failed");
});
