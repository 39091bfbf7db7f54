import { spawn } from "node:child_process";

/** How a process ended: its exit code, or the signal or error that kept it from one, and what it printed. */
export interface Ended {
  readonly code: number | null;
  /** Why there is no exit code. */
  readonly failure?: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly timeoutMs: number;
  /** Variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program without a shell and with no input. Resolves in every case: how it went is in the result. */
export function runProcess(file: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.timeoutMs);
    const end = (code: number | null, failure?: string) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, ...(failure === undefined ? {} : { failure }) });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (error) => end(null, error.message));
    child.on("close", (code, signal) => {
      if (timedOut) end(null, `no answer within ${options.timeoutMs / 1000} s`);
      else if (code === null) end(null, `ended by ${signal}`);
      else end(code);
    });
  });
}

/**
 * What to tell people of a process that did not succeed: the failure, or its exit code and the last line that it printed
 * about an error (the last line of all if there is none).
 */
export function whyItFailed(ended: Ended): string {
  if (ended.failure !== undefined) return ended.failure;
  const lines = `${ended.stdout}\n${ended.stderr}`.split(/\r?\n/).map((line) => line.trim());
  const said = lines.filter((line) => line !== "");
  const line = said.findLast((text) => /error|fail|unable|cannot|not found/i.test(text)) ?? said.at(-1);
  return line === undefined ? `exit code ${ended.code}` : `exit code ${ended.code}: ${line}`;
}
