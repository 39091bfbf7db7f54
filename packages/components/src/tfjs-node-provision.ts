import { ComponentError } from "./errors.js";
import { isKept } from "./tensorflow-library.js";
import { type TensorflowWheel, tensorflowWheel } from "./tensorflow-wheel.js";
import { tfjsNodeFolders, tfjsNodeVersion } from "./tfjs-node-folders.js";
import { installFromWheel } from "./tfjs-node-from-wheel.js";
import { runOwnInstaller } from "./tfjs-node-own-installer.js";

/**
 * By the package's own installer, or where that fails with TensorFlow's library out of Python's wheel; the other way round
 * where that library is kept already.
 */
export async function provisionTfjsNode(
  log: (line: string) => void,
  wheel: TensorflowWheel = tensorflowWheel,
): Promise<void> {
  const say = (line: string) => log(`tfjs-node: ${line}`);
  const [folder] = tfjsNodeFolders(process.env, process.cwd());
  if (folder === undefined) {
    const { reason, remedy } = whyNoFolder(process.env);
    throw new ComponentError("ERR_COMPONENT_PROVISION", `tfjs-node could not be installed: ${reason}; ${remedy}`);
  }
  const ways = [() => runOwnInstaller(folder, say), () => installFromWheel(folder, wheel, say)];
  if (await isKept(wheel)) ways.reverse();
  const failures: string[] = [];
  for (const way of ways) {
    for (const failure of failures) say(failure);
    const failure = await way().catch(systemFailure);
    if (failure === null) return;
    failures.push(failure);
  }
  throw new ComponentError("ERR_COMPONENT_PROVISION", `tfjs-node could not be installed: ${failures.join("; ")}`);
}

/** A place that cannot be written, or is full. */
function systemFailure(error: unknown): string {
  if (error instanceof Error && "code" in error) return error.message;
  throw error;
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
