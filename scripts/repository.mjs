import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The directory of the repository that these scripts belong to. */
export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @typedef {object} Manifest what of a package.json these scripts read
 * @property {string} name
 * @property {boolean} [private]
 * @property {Record<string, string | { types?: string, node?: string, default?: string }>} [exports]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @typedef {object} WorkspacePackage
 * @property {string} directory
 * @property {Manifest} manifest
 */

/**
 * @param {string} path
 * @returns {any}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/**
 * The patterns under `packages:` of pnpm-workspace.yaml, which is read before any YAML parser is installed.
 *
 * @param {string} root
 * @returns {string[]}
 */
function workspacePatterns(root) {
  const text = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  const block = /^packages:\r?\n((?:\s+- .*(?:\r?\n|$))+)/m.exec(text)?.[1] ?? "";
  return [...block.matchAll(/^\s+- ["']?([^"'\r\n]+)/gm)].map((match) => /** @type {string} */ (match[1]).trim());
}

/**
 * Every package of the workspace, in the order of the patterns and then of names.
 *
 * @param {string} [root]
 * @returns {WorkspacePackage[]}
 */
export function workspacePackages(root = repositoryRoot) {
  const directories = workspacePatterns(root).flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return [join(root, pattern)];
    const parent = join(root, pattern.slice(0, -2));
    return existsSync(parent)
      ? readdirSync(parent)
          .sort()
          .map((name) => join(parent, name))
      : [];
  });
  return directories
    .filter((directory) => existsSync(join(directory, "package.json")))
    .map((directory) => ({ directory, manifest: readJson(join(directory, "package.json")) }));
}
