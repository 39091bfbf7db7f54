import { existsSync } from "node:fs";
import { join } from "node:path";
import { onPath } from "./on-path.js";
import { userCache } from "./user-cache.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The version that is installed; any other that is found is used as well. */
export const torchVersion = "2.15.0";

/** Where the virtual environment with PyTorch is kept. */
export function pytorchFolder(env: Environment, platform: string): string {
  return join(userCache(env, platform), "batchnorm", `pytorch-${torchVersion}`);
}

/** The Python of a virtual environment. */
export function pythonOf(folder: string, platform: string): string {
  return platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/** What `python3` is for this user; undefined where there is none on PATH. */
export function pythonOnPath(env: Environment, platform: string): string | undefined {
  return onPath([platform === "win32" ? "python" : "python3"], env, platform).find((path) => existsSync(path));
}

/**
 * The Pythons that may have torch, the best first: the one that `BATCHNORM_PYTHON` names, and no other then; that of the
 * virtual environment; the one on PATH; the system's. Files that do not exist are among them.
 */
export function pythonCandidates(env: Environment, platform: string): string[] {
  const chosen = env.BATCHNORM_PYTHON;
  if (chosen !== undefined && chosen !== "") return [chosen];
  const system = platform === "win32" ? undefined : "/usr/bin/python3";
  const found = [pythonOf(pytorchFolder(env, platform), platform), pythonOnPath(env, platform), system];
  return [...new Set(found.filter((path) => path !== undefined))];
}
