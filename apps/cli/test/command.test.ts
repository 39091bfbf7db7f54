import { describe, expect, it } from "vitest";
import { run } from "./run.js";

describe("batchnorm", () => {
  it("shows help with examples and exit codes", async () => {
    const { code, stdout } = await run(["--help"]);
    expect(code).toBe(0);
    for (const part of ["backends", "check", "explain", "report", "Examples:", "Exit codes:", "NO_COLOR"]) {
      expect(stdout).toContain(part);
    }
  });

  it("names commands as they can be typed: in this clone, by npm", async () => {
    const { stdout } = await run(["report", "--help"]);
    expect(stdout).toContain("Usage: npm start -- [options]");
    expect(stdout).toMatch(/\$ npm start -- --full/);
    expect(stdout).not.toContain("batchnorm report");
  });

  it("has no command that installs anything", async () => {
    const { stdout } = await run(["--help"]);
    expect(stdout).not.toMatch(/setup|install/);
  });

  it("tells its version", async () => {
    const { code, stdout } = await run(["--version"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [["chekc"], /unknown command 'chekc'\n\(Did you mean check\?\)/],
    [["check", "--jsn"], /unknown option '--jsn'/],
    [["check", "extra"], /too many arguments/],
  ])("refuses %j with code 2, saying what it has", async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).toContain("--help");
    expect(stderr).not.toContain("    at ");
  });

  it("shows help and code 2 when no command is given", async () => {
    const { code, stderr } = await run([]);
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: node apps/cli/dist/bin.js [options] [command]");
  });
});

describe("batchnorm backends", () => {
  it("tells what this machine can run, with version and capabilities, and every component or its absence", async () => {
    const { code, stdout } = await run(["backends", "--json"]);
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as {
      backends: object[];
      components: { version: string | null; absent: string | null }[];
    };
    expect(found.backends).toContainEqual({
      name: "cpu",
      package: "@batchnorm/backend-cpu",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      capabilities: { dtypes: ["float32", "float64"], hostVisible: true, threads: 1 },
      absent: null,
    });
    for (const { version, absent } of found.components) {
      if (version === null) expect(absent).toMatch(/^absent: .+; .+/);
      else expect(absent).toBeNull();
    }
    const text = await run(["backends"], { env: { BATCHNORM_REQUIRE: "" } });
    expect(text.stdout).toMatch(/^cpu +\d+\.\d+\.\d+ +float32, float64 +1 +host$/m);
    expect(text.stdout).toContain("chromium");
  });

  it("says why a backend that could have threads has one", async () => {
    const env = { NODE_OPTIONS: "--import=data:text/javascript,delete/**/globalThis.SharedArrayBuffer" };
    const { code, stdout, stderr } = await run(["backends"], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wasm computes on one thread: this engine has no SharedArrayBuffer$/m);
    expect(stderr).toMatch(/^@batchnorm\/backend-wasm computes on one thread: /);
  });

  it("fits a terminal of 80 columns, however long the paths in it are", async () => {
    const env = { BATCHNORM_REQUIRE: "", BATCHNORM_PYTHON: `/no/such/${"folder/".repeat(20)}python` };
    const { stdout } = await run(["backends"], { env });
    expect(stdout).toMatch(/^pytorch absent: BATCHNORM_PYTHON is/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each(["all", "chromium"])("fails where BATCHNORM_REQUIRE=%s and a component is absent", async (required) => {
    const env = { BATCHNORM_REQUIRE: required, BATCHNORM_CHROMIUM: "/no/such/browser" };
    const { code, stderr } = await run(["backends"], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: chromium absent: .*\/no\/such\/browser/);
  });

  it("refuses a component in BATCHNORM_REQUIRE that there is not", async () => {
    const { code, stderr } = await run(["backends"], { env: { BATCHNORM_REQUIRE: "chromium,abacus" } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: BATCHNORM_REQUIRE names "abacus", which is no component/);
  });
});
