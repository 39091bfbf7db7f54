import { join } from "node:path";
import { repositoryRoot, workspacePackages } from "./repository.mjs";

/**
 * The source of each module that our packages export, by the name by which Node imports it.
 *
 * @param {string} [root]
 * @returns {Map<string, string>}
 */
export function sources(root = repositoryRoot) {
  return new Map(
    workspacePackages(root).flatMap(({ directory, manifest: { name, exports = {} } }) =>
      Object.entries(exports).flatMap(([path, to]) => {
        if (typeof to === "string" || to.default === undefined) return [];
        const source = (to.node ?? to.default).replace("/dist/", "/src/").replace(/\.js$/, ".ts");
        return [/** @type {const} */ ([name + path.slice(1), join(directory, source)])];
      }),
    ),
  );
}
