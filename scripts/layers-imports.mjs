import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

/** @typedef {import("./repository.mjs").WorkspacePackage} WorkspacePackage */

/**
 * @param {string} source
 * @returns {string[]} what its imports name, dynamic ones and those of types as well
 */
export function importedNames(source) {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
}

/**
 * @param {string} directory
 * @returns {string[]}
 */
function sourceFiles(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.m?[jt]sx?$/.test(name) && !name.split(sep).includes("node_modules"))
    .map((name) => join(directory, name));
}

/**
 * @param {WorkspacePackage} workspacePackage
 * @param {readonly string[]} tools what the repository's own package.json installs for all tests
 * @returns {string[]} imports that leave the package without going through a dependency of its package.json
 */
export function checkImports({ directory, manifest }, tools) {
  const atRunTime = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const inSource = new Set([manifest.name, ...builtinModules, ...Object.keys(atRunTime)]);
  const inTests = new Set([...inSource, ...tools, ...Object.keys(manifest.devDependencies ?? {})]);
  /** @type {string[]} */
  const problems = [];
  for (const [part, allowed] of /** @type {const} */ ([
    ["src", inSource],
    ["test", inTests],
  ])) {
    for (const path of sourceFiles(join(directory, part))) {
      const file = `${manifest.name}: ${relative(directory, path)}`;
      for (const name of importedNames(readFileSync(path, "utf8"))) {
        if (name.startsWith(".")) {
          const leaves = relative(directory, resolve(dirname(path), name)).startsWith("..");
          if (leaves)
            problems.push(`${file} imports ${name}, outside its package; import the other package by its name`);
        } else if (!name.startsWith("node:") && !allowed.has(packageOf(name))) {
          const where = part === "src" ? "dependencies" : "dependencies or devDependencies";
          problems.push(`${file} imports ${packageOf(name)}, which is not among its ${where}`);
        }
      }
    }
  }
  return problems;
}

/** @param {string} name of a module: `a/b` is in package a, `@a/b/c` in `@a/b` */
function packageOf(name) {
  return name.split("/", name.startsWith("@") ? 2 : 1).join("/");
}
