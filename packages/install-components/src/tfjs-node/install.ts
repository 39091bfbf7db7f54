import { tfjsNodeFolders, whyNoFolder } from "@batchnorm/optional-components/for-installers";
import { ProvisionError } from "../errors.js";
import { installFromWheel } from "./from-wheel.js";
import { runOwnInstaller } from "./own-installer.js";
import { isKept } from "./tensorflow-library.js";
import { type TensorflowWheel, tensorflowWheel } from "./tensorflow-wheel.js";

/**
 * By the package's own installer, or where that fails with TensorFlow's library out of Python's wheel; the other way round
 * where that library is kept already.
 */
export async function installTfjsNode(
  log: (line: string) => void,
  wheel: TensorflowWheel = tensorflowWheel,
): Promise<void> {
  const say = (line: string) => log(`tfjs-node: ${line}`);
  const [folder] = tfjsNodeFolders(process.env, process.cwd());
  if (folder === undefined) {
    const { reason, remedy } = whyNoFolder(process.env);
    throw new ProvisionError(`tfjs-node could not be installed: ${reason}; ${remedy}`);
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
  throw new ProvisionError(`tfjs-node could not be installed: ${failures.join("; ")}`);
}

/** A place that cannot be written, or is full. */
function systemFailure(error: unknown): string {
  if (error instanceof Error && "code" in error) return error.message;
  throw error;
}
