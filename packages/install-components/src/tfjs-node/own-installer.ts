import { join } from "node:path";
import { askTensorflow, runProcess, whyItFailed } from "@batchnorm/optional-components/for-installers";
import { megabytes, whileWatching } from "../folder-growth.js";
import { installInCopy } from "./copy.js";
import { buildEnvironment } from "./node-pre-gyp.js";

const timeoutMs = 60 * 60_000;
/** Without a network it may wait for minutes. */
const firstBytesMs = 20_000;
/** Compiling on a small machine makes nothing for so long. */
const stillMs = 5 * 60_000;
const tellEvery = 50e6;

/**
 * The package's own installer: downloads libtensorflow and the addon, or builds the latter.
 *
 * @returns why it failed
 */
export async function runOwnInstaller(folder: string, say: (line: string) => void): Promise<string | null> {
  say("running the package's own installer, which downloads libtensorflow");
  const failure = await installInCopy(folder, async (copy) => {
    const given = new AbortController();
    let told = 0;
    const watch = (bytes: number, still: number) => {
      const patience = bytes > 0 ? stillMs : firstBytesMs;
      if (still > patience) given.abort(`nothing came within ${patience / 1000} s`);
      if (bytes - told < tellEvery) return;
      told = bytes;
      say(`${megabytes(bytes)} so far`);
    };
    const ended = await whileWatching(copy, watch, () =>
      runProcess(process.execPath, [join("scripts", "install.js")], {
        timeoutMs,
        cwd: copy,
        env: buildEnvironment(copy),
        signal: given.signal,
      }),
    );
    // its exit code says little: it may be 0 though it failed
    return "version" in (await askTensorflow(copy)) ? null : whyItFailed(ended);
  });
  return failure === null ? null : `the package's own installer: ${failure}`;
}
