import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "./repository.mjs";

/**
 * A package in `packages/` as it was compiled.
 *
 * @param {string} folder
 */
export function loadPackage(folder) {
  return import(pathToFileURL(join(repositoryRoot, "packages", folder, "dist/index.js")).href);
}
