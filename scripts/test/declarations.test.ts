import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { declaredModules } from "../declared-modules.mjs";
import { firstExample, resolutions, strictProgram } from "../readme-examples.mjs";
import { repositoryRoot, workspacePackages } from "../repository.mjs";
import { directoryWith } from "./directories.js";
import { plainEnvironment } from "./plain-environment.js";

const tsc = join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");

/** Dependencies whose own declarations need the DOM. */
const needTheDom = /node_modules\/(@tensorflow|@webgpu|valibot)\//;

const published = workspacePackages().filter(({ manifest }) => !manifest.private);
const directories = new Map(published.map(({ directory, manifest }) => [manifest.name, directory]));

/** What users import: all that a package exports with declarations, and what its README begins with. */
const programs = [
  { name: "the root README", imports: [], directory: repositoryRoot },
  ...published.map(({ directory, manifest: { name } }) => {
    const imports = declaredModules().filter((module) => module.directory === directory);
    return { name, imports: imports.map((module) => module.name), directory };
  }),
].map((program) => ({ ...program, example: firstExample(program.directory) }));

/** The errors of TypeScript in such a program outside this repository. */
function errorsOf({ imports, directory, example }: (typeof programs)[number], resolution: typeof resolutions.node) {
  const faces = imports.map((from, i) => `export * as face${i} from "${from}";\n`).join("");
  const sources = { "faces.ts": faces, ...(example.language === "ts" ? { "example.ts": example.code } : {}) };
  const root = directoryWith({ "package.json": { type: "module" }, ...strictProgram(sources, resolution) });
  for (const name of example.install) {
    const installed = join(root, "node_modules", name);
    mkdirSync(dirname(installed), { recursive: true });
    symlinkSync(directories.get(name) ?? join(directory, "node_modules", name), installed);
  }
  return new Promise<string[]>((resolve, reject) => {
    const options = { cwd: root, env: plainEnvironment() };
    execFile(process.execPath, [tsc, "--pretty", "false"], options, (failure, stdout, stderr) => {
      const errors = stdout.split(/\r?\n/).filter((line) => /error TS\d+:/.test(line));
      if (failure !== null && errors.length === 0) reject(new Error(`${failure.message}\n${stdout}\n${stderr}`));
      else resolve(errors);
    });
  });
}

/** As Node does and, where all tests are run, as bundlers do. */
const asked = process.env.BATCHNORM_TESTS === "all" ? (["node", "bundler"] as const) : (["node"] as const);

describe.each(programs)("the declarations and the first example of $name", (program) => {
  it.each(asked)("need neither the DOM nor Node's types, where modules are resolved as by %s", async (name) => {
    const errors = await errorsOf(program, resolutions[name]);
    expect(errors.filter((error) => !needTheDom.test(error))).toEqual([]);
  });
});
