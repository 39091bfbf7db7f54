import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { runProcess, whyItFailed } from "@batchnorm/optional-components/for-installers";
import { ensureBuildTools } from "./build-tools.js";
import { installInCopy } from "./copy.js";
import { buildEnvironment, nodePreGyp } from "./node-pre-gyp.js";
import { fetchLibrary, libraryFolder } from "./tensorflow-library.js";
import type { TensorflowWheel } from "./tensorflow-wheel.js";

const buildMs = 30 * 60_000;

/**
 * Builds the addon of @tensorflow/tfjs-node against TensorFlow's library out of a wheel. The library stays in the user's
 * cache; the package has a link to it.
 *
 * @returns why it failed
 */
export async function installFromWheel(
  folder: string,
  wheel: TensorflowWheel,
  say: (line: string) => void,
): Promise<string | null> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `TensorFlow out of Python's wheel is for Linux on x64, not for ${process.platform} on ${process.arch}`;
  }
  const program = nodePreGyp(folder);
  if (program === undefined)
    return `${folder} does not find @mapbox/node-pre-gyp, which it depends on; install it again`;
  const failure = (await ensureBuildTools(say)) ?? (await fetchLibrary(wheel, say));
  if (failure !== null) return failure;
  say(`building the addon in ${folder} (node-pre-gyp install --build-from-source)`);
  const notBuilt = await installInCopy(folder, async (copy) => {
    await symlink(libraryFolder(wheel), join(copy, "deps"));
    const ended = await runProcess(process.execPath, [program, "install", "--build-from-source"], {
      timeoutMs: buildMs,
      cwd: copy,
      env: buildEnvironment(copy),
    });
    return ended.code === 0 ? null : `node-pre-gyp install --build-from-source: ${whyItFailed(ended)}`;
  });
  return notBuilt === null ? null : `building the addon: ${notBuilt}`;
}
