import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The version that this project is tested with; any other that is found is used as well. */
export const tfjsNodeVersion = "4.22.0";

/**
 * The folders of @tensorflow/tfjs-node, the best first: the one that `BATCHNORM_TFJS_NODE` names, and no other then; the
 * one that this package finds; the one that the current folder finds.
 */
export function tfjsNodeFolders(env: Readonly<Record<string, string | undefined>>, current: string): string[] {
  const chosen = env.BATCHNORM_TFJS_NODE;
  if (chosen) return existsSync(join(chosen, "package.json")) ? [realpathSync(chosen)] : [];
  const found = [import.meta.url, join(current, "any.js")].map(resolveFrom);
  return [...new Set(found.filter((folder) => folder !== undefined))];
}

function resolveFrom(place: string): string | undefined {
  try {
    return dirname(createRequire(place).resolve("@tensorflow/tfjs-node/package.json"));
  } catch {
    return undefined; // it is not installed there
  }
}

/** Why there is no package to install it in, and what to do. */
export function whyNoFolder(env: Readonly<Record<string, string | undefined>>): { reason: string; remedy: string } {
  const chosen = env.BATCHNORM_TFJS_NODE;
  if (chosen) {
    const reason = `BATCHNORM_TFJS_NODE is ${chosen}, where there is no package`;
    return { reason, remedy: "set it to the folder of @tensorflow/tfjs-node, or unset it" };
  }
  return {
    reason: "@tensorflow/tfjs-node is not installed",
    remedy: `run \`npm install @tensorflow/tfjs-node@${tfjsNodeVersion}\``,
  };
}
