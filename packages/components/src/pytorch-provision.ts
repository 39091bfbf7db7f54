import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { askTorch } from "./ask-torch.js";
import { installFromDebian, mayInstallFromDebian } from "./debian.js";
import { ComponentError } from "./errors.js";
import { pythonOf, pythonOnPath, pytorchFolder, torchVersion } from "./pytorch-candidates.js";
import { runProcess, whyItFailed } from "./run-process.js";

const timeoutMs = 60 * 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * Into a virtual environment in the user's cache, or from Debian's archive where that fails and this process may install
 * from it.
 */
export async function provisionPytorch(log: (line: string) => void): Promise<void> {
  if (process.env.BATCHNORM_PYTHON) {
    throw new ComponentError(
      "ERR_COMPONENT_PROVISION",
      `pytorch is not installed while BATCHNORM_PYTHON (${process.env.BATCHNORM_PYTHON}) says where it is; correct or unset it`,
    );
  }
  const folder = pytorchFolder(process.env, process.platform);
  log(`pytorch: installing torch ${torchVersion} into ${folder} (python3 -m venv, pip install)`);
  log("pytorch: this is about 5 GB over the network, and takes minutes");
  const failure = await installInto(folder);
  if (failure === null) return;
  const failures = [failure];
  if (mayInstallFromDebian()) {
    log(`pytorch: ${failure}`);
    log("pytorch: installing Debian's, which is older (apt-get update, apt-get install python3-torch)");
    const ended = await installFromDebian("python3-torch", timeoutMs);
    if (ended.code === 0) return;
    failures.push(`apt-get: ${whyItFailed(ended)}`);
  }
  throw new ComponentError("ERR_COMPONENT_PROVISION", `pytorch could not be installed: ${failures.join("; ")}`);
}

/**
 * Makes the virtual environment under a name of its own and renames it when it is whole: what is interrupted leaves
 * nothing in its place, and two at once do not mix.
 *
 * @returns why it failed
 */
async function installInto(folder: string): Promise<string | null> {
  const python = pythonOnPath(process.env, process.platform);
  if (python === undefined) return "there is no python3 on PATH";
  const partial = `${folder}.part-`;
  await mkdir(dirname(folder), { recursive: true });
  await removeAbandoned(partial);
  const own = await mkdtemp(partial);
  try {
    const made = await runProcess(python, ["-m", "venv", own], { timeoutMs });
    if (made.code !== 0) return `${python} -m venv: ${whyItFailed(made)}`;
    const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input"];
    const install = [...pip, "install", "--no-cache-dir", `torch==${torchVersion}`];
    const installed = await runProcess(pythonOf(own, process.platform), install, { timeoutMs });
    if (installed.code !== 0) return `pip install torch==${torchVersion}: ${whyItFailed(installed)}`;
    await putInPlace(own, folder);
    return null;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function putInPlace(own: string, folder: string): Promise<void> {
  try {
    await rename(own, folder);
  } catch {
    // another was quicker, or an old one is there that no longer works
    if ("version" in (await askTorch(pythonOf(folder, process.platform)))) return;
    await rm(folder, { recursive: true, force: true });
    await rename(own, folder);
  }
}

/** What was interrupted more than a day ago: gigabytes that nobody comes back for. */
async function removeAbandoned(partial: string): Promise<void> {
  for (const name of await readdir(dirname(partial))) {
    if (!name.startsWith(basename(partial))) continue;
    const path = join(dirname(partial), name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > dayMs) await rm(path, { recursive: true, force: true });
  }
}
