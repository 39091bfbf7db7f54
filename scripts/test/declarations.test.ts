import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot, workspacePackages } from "../repository.mjs";
import { directoryWith } from "./directories.js";
import { plainEnvironment } from "./plain-environment.js";

const tsc = join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");

/** Dependencies whose own declarations need the DOM. */
const needTheDom = /node_modules\/(@tensorflow|@webgpu|valibot)\//;

/** What is published with declarations: names to import it by, by its folder. */
const published = workspacePackages().flatMap(({ directory, manifest }) => {
  const { name, exports = {} } = manifest;
  const typed = Object.entries(manifest.private ? {} : exports).filter(([, to]) => typeof to === "object" && to.types);
  return typed.length === 0 ? [] : [{ name, directory, imports: typed.map(([path]) => name + path.slice(1)) }];
});

/** The errors of TypeScript in a program outside this repository that imports all that a package exports. */
function errorsOf({ name, directory, imports }: (typeof published)[number], module: string, moduleResolution: string) {
  const root = directoryWith({
    "package.json": { type: "module" },
    "tsconfig.json": {
      compilerOptions: {
        ...{ strict: true, target: "es2022", lib: ["es2022"], types: [], skipLibCheck: false, noEmit: true },
        ...{ module, moduleResolution },
      },
      files: ["program.ts"],
    },
    "program.ts": imports.map((from, i) => `export * as face${i} from "${from}";\n`).join(""),
  });
  const installed = join(root, "node_modules", name);
  mkdirSync(dirname(installed), { recursive: true });
  symlinkSync(directory, installed);
  return new Promise<string[]>((resolve, reject) => {
    const options = { cwd: root, env: plainEnvironment() };
    execFile(process.execPath, [tsc, "--pretty", "false"], options, (failure, stdout, stderr) => {
      const errors = stdout.split(/\r?\n/).filter((line) => /error TS\d+:/.test(line));
      if (failure !== null && errors.length === 0) reject(new Error(`${failure.message}\n${stdout}\n${stderr}`));
      else resolve(errors);
    });
  });
}

/** How module names are resolved: as Node does and, where all tests are run, as bundlers do. */
const resolutions = [
  ["node16", "node16"],
  ...(process.env.BATCHNORM_TESTS === "all" ? [["esnext", "bundler"] as const] : []),
] as const;

describe.each(published)("the declarations of $name", (own) => {
  it.each(resolutions)(
    "need neither the DOM nor Node's types, with module %s resolved as by %s",
    async (module, moduleResolution) => {
      const errors = await errorsOf(own, module, moduleResolution);
      expect(errors.filter((error) => !needTheDom.test(error))).toEqual([]);
    },
  );
});
