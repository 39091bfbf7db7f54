import { spawn } from "node:child_process";

/** How a command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where things are on this machine, and where the tests have put theirs. */
const kept = ["PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "PLAYWRIGHT_BROWSERS_PATH"];
const keptOfOurs = ["CHROMIUM", "PYTHON", "TFJS_NODE", "LOCK_FOLDER"].map((name) => `BATCHNORM_${name}`);

/**
 * The environment of a command that a test runs: of this process's what is needed, without what tells programs to show
 * colours, to require components or to do otherwise than usual, and `more`.
 */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => [...kept, ...keptOfOurs].includes(name));
  return { ...(Object.fromEntries(own) as Record<string, string>), ...more };
}

/** Runs a file of Node as a process, without colour as its output is no terminal. */
export async function runFile(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const env = environment(options.env);
  const child = spawn(process.execPath, [file, ...args], { ...options, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { code, stdout, stderr };
}
