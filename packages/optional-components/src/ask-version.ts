import type { Answer } from "./find-executable.js";
import { answerMs, runProcess, whyItFailed } from "./run-process.js";

/** The first version in what a program prints where it is asked for its version. */
export async function askVersion(path: string, env: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return versionIn(path, await runProcess(path, ["--version"], { timeoutMs: answerMs, env }));
}

/** Windows' browsers open a window when they are asked for their version, so there the file's own record is read. */
export async function askBrowser(path: string): Promise<Answer> {
  if (process.platform !== "win32") return askVersion(path);
  const command = "(Get-Item -LiteralPath $env:BATCHNORM_PROBED_FILE).VersionInfo.ProductVersion";
  const options = { timeoutMs: answerMs, env: { BATCHNORM_PROBED_FILE: path } };
  return versionIn(path, await runProcess("powershell.exe", ["-NoProfile", "-Command", command], options));
}

function versionIn(path: string, answer: Awaited<ReturnType<typeof runProcess>>): Answer {
  const version = answer.code === 0 ? /\d+(\.\d+)+/.exec(answer.stdout)?.[0] : undefined;
  if (version === undefined) return { failure: `${path} does not tell its version (${whyItFailed(answer)})` };
  return { version };
}
