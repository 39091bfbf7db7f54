import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";

/** What of `node:util` @tensorflow/tfjs-node 4.22 calls though Node 23 no longer has it. */
const removed = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
};

/**
 * Loads TensorFlow.js with its Node backend, which is the chosen one then. Where `node:util` lacks functions that it
 * calls they are put back for the whole process.
 *
 * @param folder that of the package: the `path` of the component `tfjsNode`
 * @returns the module, whose types are those of `@tensorflow/tfjs-node`
 */
export function loadTfjsNode(folder: string): unknown {
  for (const [name, again] of Object.entries(removed)) {
    if (!(name in util)) Object.assign(util, { [name]: again });
  }
  return createRequire(join(folder, "package.json"))(folder);
}
