import { askTensorflow } from "./ask-tensorflow.js";
import type { Component, Presence } from "./component.js";
import { setupCommand } from "./setup-command.js";
import { tfjsNodeFolders, whyNoFolder } from "./tfjs-node-folders.js";

const byHand =
  "run its install script, `npm rebuild @tensorflow/tfjs-node`, which downloads TensorFlow and needs g++, make and Python";

async function probe(): Promise<Presence> {
  const folders = tfjsNodeFolders(process.env, process.cwd());
  if (folders.length === 0) return { present: false, ...whyNoFolder(process.env) };
  const failures: string[] = [];
  for (const path of folders) {
    const answer = await askTensorflow(path);
    if ("version" in answer) return { present: true, version: answer.version, path };
    failures.push(`${path} does not load TensorFlow (${answer.failure})`);
  }
  return { present: false, reason: failures.join(", "), remedy: setupCommand("tfjs-node", "207 MB", byHand) };
}

/** @tensorflow/tfjs-node with its native addon; `path` is the package's folder, `version` that of TensorFlow. */
export const tfjsNode: Component = {
  name: "tfjs-node",
  purpose: "runs batch normalization in TensorFlow",
  probe,
};
