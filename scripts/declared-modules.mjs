import { join } from "node:path";
import { workspacePackages } from "./repository.mjs";

/**
 * @typedef {object} DeclaredModule
 * @property {string} name by which it is imported
 * @property {string} directory of its package
 * @property {string} declarations an absolute path
 */

/**
 * All that published packages export with declarations.
 *
 * @returns {DeclaredModule[]}
 */
export function declaredModules() {
  return workspacePackages().flatMap(({ directory, manifest: { name, private: hidden, exports = {} } }) =>
    Object.entries(hidden ? {} : exports).flatMap(([path, to]) =>
      typeof to === "object" && to.types
        ? [{ name: name + path.slice(1), directory, declarations: join(directory, to.types) }]
        : [],
    ),
  );
}
