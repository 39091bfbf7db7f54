import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} Example
 * @property {string[]} install what the README's `npm install` names
 * @property {"ts" | "sh"} language
 * @property {string} code
 */

/**
 * The first example of the README in a directory, and the line that installs what it needs.
 *
 * @param {string} directory
 * @returns {Example}
 * @throws Error where there is none
 */
export function firstExample(directory) {
  const path = join(directory, "README.md");
  const blocks = [...readFileSync(path, "utf8").matchAll(/^```(sh|ts)\r?\n([\s\S]*?)^```\r?$/gm)];
  const [install, example] = blocks.map(([, language, code = ""]) => ({ language, code }));
  const names = /^npm install (.*)\r?\n$/.exec(install?.code ?? "")?.[1];
  if (names === undefined || example === undefined) throw new Error(`${path} does not begin with npm install and code`);
  return { install: names.split(" "), language: example.language === "ts" ? "ts" : "sh", code: example.code };
}

/**
 * How users resolve the names of modules: as Node does, and as bundlers do.
 *
 * @typedef {{ module: string, moduleResolution: string }} Resolution
 * @type {{ readonly node: Resolution, readonly bundler: Resolution }}
 */
export const resolutions = {
  node: { module: "node16", moduleResolution: "node16" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

/**
 * The files of a TypeScript program with neither the DOM nor Node's types, which checks all declarations that it reads.
 *
 * @param {Record<string, string>} sources by their names
 * @param {Resolution} resolution
 * @returns {Record<string, string>}
 */
export function strictProgram(sources, resolution) {
  const checks = { strict: true, skipLibCheck: false, noEmit: true };
  const compilerOptions = { ...checks, target: "es2022", lib: ["es2022"], types: [], ...resolution };
  return {
    ...sources,
    // what every engine has and the language does not declare
    "console.d.ts": "declare const console: { log(...values: unknown[]): void };\n",
    "tsconfig.json": JSON.stringify({ compilerOptions, files: [...Object.keys(sources), "console.d.ts"] }),
  };
}
