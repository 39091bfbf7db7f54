import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../compile.mjs";
import { repositoryRoot } from "../repository.mjs";
import { installationHash } from "../set-up.mjs";
import { directoryWith } from "./directories.js";
import { plainEnvironment } from "./plain-environment.js";

const passing = 'import { it } from "vitest";\nit("passes", () => {});\nit("is skipped", { skip: true }, () => {});\n';
const failing = 'import { it } from "vitest";\nit("fails", () => { throw new Error("on purpose"); });\n';
const config = 'export default { test: { reporters: [["json", { outputFile: "reports/vitest.json" }]] } };\n';
const tested = (name: string) => ({ name, version: "1.0.0", type: "module", scripts: { test: "vitest run" } });

/** A small repository, set up, with these scripts, this turbo.json and the tools that are installed here. */
function repository(files: Record<string, string | object>) {
  const real = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8"));
  const lint = Object.keys(real.scripts).filter((name) => name.startsWith("lint:"));
  const root = directoryWith({
    "package.json": { ...real, scripts: Object.fromEntries(lint.map((name) => [name, "node -e 0"])) },
    "pnpm-workspace.yaml": "packages:\n  - packages/*\nverifyDepsBeforeRun: false\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    ".gitignore": "node_modules/\nreports/\n.turbo/\n",
    ...files,
  });
  for (const name of ["turbo.json", "tsconfig.base.json", "vitest.shared.ts"]) {
    copyFileSync(join(repositoryRoot, name), join(root, name));
  }
  for (const name of ["optional-components", "install-components"]) {
    const folder = join("packages", name);
    const { exports } = JSON.parse(readFileSync(join(repositoryRoot, folder, "package.json"), "utf8"));
    cpSync(join(repositoryRoot, folder, "dist"), join(root, folder, "dist"), { recursive: true });
    const manifest = { name: `@batchnorm/${name}`, version: "1.0.0", type: "module", exports };
    writeFileSync(join(root, folder, "package.json"), JSON.stringify(manifest));
  }
  mkdirSync(join(root, "packages/install-components/node_modules/@batchnorm"), { recursive: true });
  symlinkSync(
    join(root, "packages/optional-components"),
    join(root, "packages/install-components/node_modules/@batchnorm/optional-components"),
  );
  mkdirSync(join(root, "scripts"));
  for (const name of readdirSync(join(repositoryRoot, "scripts")).filter((name) => name.endsWith(".mjs"))) {
    copyFileSync(join(repositoryRoot, "scripts", name), join(root, "scripts", name));
  }
  mkdirSync(join(root, "node_modules"));
  for (const name of readdirSync(join(repositoryRoot, "node_modules"))) {
    if (name !== ".batchnorm-set-up")
      symlinkSync(join(repositoryRoot, "node_modules", name), join(root, "node_modules", name));
  }
  writeFileSync(join(root, "node_modules", ".batchnorm-set-up"), installationHash(root));
  return root;
}

interface Ended {
  code: number | null;
  printed: string;
  lastLine: string | undefined;
}

function runScript(
  root: string,
  args: string[],
  env: Record<string, string> = {},
  began?: (child: ChildProcess, printed: string) => void,
) {
  return new Promise<Ended>((resolve) => {
    // one pipe for both streams: what comes out of two may be read in another order than it was written in
    const child = spawn("sh", ["-c", 'exec "$@" 2>&1', "sh", process.execPath, ...args], {
      cwd: root,
      env: plainEnvironment(env),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout.on("data", (data) => {
      printed += data;
      began?.(child, printed);
    });
    child.on("close", (code) => resolve({ code, printed, lastLine: printed.trimEnd().split("\n").at(-1) }));
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("npm test", () => {
  it("runs on after a failure and ends with the sum", async () => {
    const root = repository({
      "packages/a/package.json": tested("a"),
      "packages/a/a.test.ts": failing,
      "packages/a/vitest.config.ts": config,
      "packages/b/package.json": tested("b"),
      "packages/b/b.test.ts": passing,
      "packages/b/vitest.config.ts": config,
      "packages/c/package.json": { ...tested("c"), scripts: { test: "node -e 0" } },
    });
    const first = await runScript(root, ["scripts/test.mjs"]);
    expect(first).toMatchObject({ code: 1, lastLine: "1 passed, 2 failed, 1 skipped" });
    expect(first.printed).toMatch(/failed: .*a\.test\.ts: fails: Error: on purpose/);
    expect(first.printed).toContain("failed: c: its tests left no results");

    writeFileSync(join(root, "packages/a/a.test.ts"), passing);
    writeFileSync(join(root, "packages/c/package.json"), JSON.stringify({ name: "c", version: "1.0.0" }));
    writeFileSync(join(root, "node_modules", ".batchnorm-set-up"), installationHash(root));
    expect(await runScript(root, ["scripts/test.mjs"])).toMatchObject({
      code: 0,
      lastLine: "2 passed, 0 failed, 2 skipped",
    });
    const cached = await runScript(root, ["scripts/test.mjs"]);
    expect(cached).toMatchObject({ code: 0, lastLine: "2 passed, 0 failed, 2 skipped" });
    expect(cached.printed).toMatch(/b:test: cache hit/);
  });

  it("takes no result that came about while less was required", async () => {
    const root = repository({
      "packages/b/package.json": tested("b"),
      "packages/b/b.test.ts": passing,
      "packages/b/vitest.config.ts": config,
      chromium: "#!/bin/sh\necho Chromium 99.0.1.2\n", // what is required and absent would be installed
    });
    chmodSync(join(root, "chromium"), 0o755);
    const chosen = { BATCHNORM_CHROMIUM: join(root, "chromium") };
    expect((await runScript(root, ["scripts/test.mjs"], chosen)).printed).toMatch(/b:test: cache miss/);
    expect((await runScript(root, ["scripts/test.mjs"], chosen)).printed).toMatch(/b:test: cache hit/);
    const required = await runScript(root, ["scripts/test.mjs"], { ...chosen, BATCHNORM_REQUIRE: "chromium" });
    expect(required).toMatchObject({ code: 0, lastLine: "1 passed, 0 failed, 1 skipped" });
    expect(required.printed).toMatch(/b:test: cache miss/);
  });

  it("fails, and says so above the sum, when only lint fails", async () => {
    const root = repository({
      "packages/b/package.json": {
        ...tested("b"),
        scripts: { test: "vitest run", typecheck: "node -e 'process.exit(1)'" },
      },
      "packages/b/b.test.ts": passing,
      "packages/b/vitest.config.ts": config,
    });
    const ended = await runScript(root, ["scripts/test.mjs"]);
    expect(ended.code).toBe(1);
    expect(ended.printed.trimEnd().split("\n").slice(-2)).toEqual([
      "failed besides the tests: b#typecheck",
      "1 passed, 0 failed, 1 skipped",
    ]);
  });

  it("ends its children and exits with 130 on Ctrl-C", async () => {
    const hang = "console.log('hanging as process', process.pid); setInterval(() => {}, 1000);";
    const root = repository({
      "packages/a/package.json": { ...tested("a"), scripts: { test: "node hang.mjs" } },
      "packages/a/hang.mjs": hang,
    });
    let pid = 0;
    const ended = await runScript(root, ["scripts/test.mjs"], {}, (child, printed) => {
      const found = /hanging as process (\d+)\s/.exec(printed)?.[1];
      if (pid !== 0 || found === undefined) return;
      pid = Number(found);
      child.kill("SIGINT");
    });
    expect(ended.code).toBe(130);
    // it has been sent the signal too, and may end a moment after the process that started it
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

describe("npm test with a misspelt BATCHNORM_REQUIRE", () => {
  it("runs nothing and names the components that there are", async () => {
    const ended = await runScript(repository({}), ["scripts/test.mjs"], { BATCHNORM_REQUIRE: "chromiun" });
    expect(ended).toMatchObject({ code: 1, lastLine: "0 passed, 1 failed, 0 skipped" });
    expect(ended.printed).toMatch(/BATCHNORM_REQUIRE names "chromiun".*chromium/);
  });
});

describe("the other commands", () => {
  it.each([
    [["nonsense"], /"nonsense" is no command.*build, lint, tables/],
    [["lint", "src"], /npm run lint takes no arguments, but got src/],
  ])("refuse %o with a reason", async (args, reason) => {
    const ended = await runScript(repository({}), ["scripts/run.mjs", ...args]);
    expect(ended.code).toBe(2);
    expect(ended.printed).toMatch(reason);
  });

  it("fail when one of their tasks does, and run the others", async () => {
    const scripts = { types: "node -e 'process.exit(1)'" };
    const root = repository({
      "packages/a/package.json": { name: "a", version: "1.0.0", scripts },
      "packages/b/package.json": { name: "b", version: "1.0.0", scripts: { types: "node -e 'console.log(1)'" } },
    });
    const ended = await runScript(root, ["scripts/run.mjs", "build"]);
    expect(ended.code).not.toBe(0);
    expect(ended.printed).toMatch(/1 successful, 2 total/);
    expect(ended.printed).toMatch(/Failed: +a#types/);
  });
});

describe("npm start", () => {
  const cli = (source: string) => ({
    "pnpm-workspace.yaml": "packages:\n  - apps/*\nverifyDepsBeforeRun: false\n",
    "apps/cli/package.json": { name: "cli", version: "1.0.0", type: "module" },
    "apps/cli/tsconfig.json": {},
    "apps/cli/src/bin.ts": source,
  });

  it("compiles and hands its arguments, and the exit code, through", async () => {
    const source = 'const name: number = "not looked at";\nconsole.log("arguments", ...process.argv.slice(2));\n';
    const ended = await runScript(repository(cli(`${source}process.exitCode = 7;\n`)), [
      "scripts/start.mjs",
      "--json",
      "a b",
    ]);
    expect(ended).toMatchObject({ code: 7, lastLine: "arguments report --json a b" });
  });

  it("shows what is no TypeScript", async () => {
    const ended = await runScript(repository(cli("console.log(1;\n")), ["scripts/start.mjs"]);
    expect(ended).toMatchObject({ code: 1, lastLine: "build: failed" });
    expect(ended.printed).toMatch(/apps\/cli\/src\/bin\.ts: .*Expected.*\n.*bin\.ts:1:14.*\n.*\n.*console\.log\(1;/);
  });
});

describe("compiling", () => {
  const a = (files: Record<string, string>) =>
    repository({
      "packages/a/package.json": { name: "a", version: "1.0.0" },
      "packages/a/tsconfig.json": {},
      ...files,
    });
  const modules = (root: string) =>
    readdirSync(join(root, "packages/a/dist"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.js$/.test(name),
    );

  it("makes generated modules too, writes nothing twice, and removes what has no source any more", async () => {
    const generate = 'export const generate = () => [["made.ts", "export const a: number = 1;"]];\n';
    const root = a({
      "packages/a/scripts/generate.mjs": generate,
      "packages/a/src/b.ts": "",
      "packages/a/src/c.ts": "",
    });
    await compile(root);
    expect(modules(root).sort()).toEqual(["b.js", "c.js", "generated/made.js"]);
    const times = () => modules(root).map((name) => statSync(join(root, "packages/a/dist", name)).mtimeMs);
    const before = times();
    await compile(root);
    expect(times()).toEqual(before);
    rmSync(join(root, "packages/a/src/c.ts"));
    await compile(root);
    expect(modules(root).sort()).toEqual(["b.js", "generated/made.js"]);
  });
});
