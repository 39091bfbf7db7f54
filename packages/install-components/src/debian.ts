import { readFileSync } from "node:fs";
import { type Ended, runProcess } from "@batchnorm/optional-components/for-installers";

/** Whether this is Debian and this process may install from its archive. */
export function mayInstallFromDebian(): boolean {
  return isDebian() && process.getuid?.() === 0;
}

/** `apt-get update`, `apt-get install` of packages. */
export async function installFromDebian(names: readonly string[], timeoutMs: number): Promise<Ended> {
  const options = { timeoutMs, env: { DEBIAN_FRONTEND: "noninteractive" } };
  const updated = await runProcess("apt-get", ["update"], options);
  if (updated.code !== 0) return updated;
  return runProcess("apt-get", ["install", "-y", "--no-install-recommends", ...names], options);
}

function isDebian(): boolean {
  try {
    return /^ID="?debian"?\s*$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false; // no such file: not a Linux
  }
}
