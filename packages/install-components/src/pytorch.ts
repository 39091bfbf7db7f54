import { join } from "node:path";
import {
  askTorch,
  pythonOf,
  pythonOnPath,
  pytorchFolder,
  runProcess,
  torchVersion,
  whyItFailed,
} from "@batchnorm/optional-components/for-installers";
import { installFromDebian, mayInstallFromDebian } from "./debian.js";
import { ProvisionError } from "./errors.js";
import { putInPlace, withOwnFolder } from "./own-folder.js";

const timeoutMs = 60 * 60_000;

/**
 * Into a virtual environment in the user's cache, or from Debian's archive where that fails and this process may install
 * from it.
 */
export async function installPytorch(log: (line: string) => void): Promise<void> {
  if (process.env.BATCHNORM_PYTHON) {
    throw new ProvisionError(
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
    const ended = await installFromDebian(["python3-torch"], timeoutMs);
    if (ended.code === 0) return;
    failures.push(`apt-get: ${whyItFailed(ended)}`);
  }
  throw new ProvisionError(`pytorch could not be installed: ${failures.join("; ")}`);
}

/** @returns why it failed */
async function installInto(folder: string): Promise<string | null> {
  const python = pythonOnPath(process.env, process.platform);
  if (python === undefined) return "there is no python3 on PATH";
  return withOwnFolder(folder, async (own) => {
    const environment = join(own, "environment");
    const made = await runProcess(python, ["-m", "venv", environment], { timeoutMs });
    if (made.code !== 0) return `${python} -m venv: ${whyItFailed(made)}`;
    const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input"];
    const install = [...pip, "install", "--no-cache-dir", `torch==${torchVersion}`];
    const installed = await runProcess(pythonOf(environment, process.platform), install, { timeoutMs });
    if (installed.code !== 0) return `pip install torch==${torchVersion}: ${whyItFailed(installed)}`;
    await putInPlace(
      environment,
      folder,
      async () => "version" in (await askTorch(pythonOf(folder, process.platform))),
    );
    return null;
  });
}
