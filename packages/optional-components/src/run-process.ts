import { type ChildProcess, spawn } from "node:child_process";

/** A program is waited for so long that has only a question to answer: a busy machine is none that lacks the program. */
export const answerMs = 2 * 60_000;

/** How a process ended: its exit code, or the signal or error that kept it from one, and what it printed. */
export interface Ended {
  readonly code: number | null;
  /** Why there is no exit code. */
  readonly failure?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is used of an `AbortSignal`, which is not among the types of the language. */
export interface StopSignal {
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface RunOptions {
  readonly timeoutMs: number;
  /** Variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder to run in, if it is not the current one. */
  readonly cwd?: string;
  /** Ends it early; its reason, a text, is told as the failure. */
  readonly signal?: StopSignal;
}

const running = new Set<ChildProcess>();

/**
 * Runs a program without a shell and with no input. Resolves in every case: how it went is in the result. The program and
 * all that it has started end with this process, and when their time is over.
 */
export function runProcess(file: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env: { ...process.env, ...options.env },
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      detached: leadsGroup,
    });
    if (running.size === 0) process.once("exit", interruptAll);
    running.add(child);
    let stdout = "";
    let stderr = "";
    let stopped: string | undefined;
    const stop = (reason: string) => {
      stopped ??= reason;
      signalGroup(child, "SIGKILL");
    };
    const onAbort = () => stop(String(options.signal?.reason));
    const timer = setTimeout(() => stop(`no answer within ${options.timeoutMs / 1000} s`), options.timeoutMs);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    const end = (code: number | null, failure?: string) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      running.delete(child);
      if (running.size === 0) process.off("exit", interruptAll);
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
      if (stopped !== undefined) end(null, stopped);
      else if (code === null) end(null, `ended by ${signal}`);
      else end(code);
    });
  });
}

/** Whether a child leads a process group of its own, so that a signal reaches all that it has started. */
const leadsGroup = process.platform !== "win32";

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (leadsGroup) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // it has just ended
  }
}

/** What Ctrl-C would do if they were in this process's group. */
function interruptAll(): void {
  for (const child of running) signalGroup(child, "SIGINT");
}

/** What Node prints around an error that ended it. */
const stackLine = /^(at \S|Emitted 'error' event)/;

/**
 * What to tell people of a process that did not succeed: the failure, or its exit code and the last line that it printed
 * about an error (the last line of all if there is none).
 */
export function whyItFailed(ended: Ended): string {
  if (ended.failure !== undefined) return ended.failure;
  const lines = `${ended.stdout}\n${ended.stderr}`.split(/\r?\n/).map((line) => line.trim());
  const said = lines.filter((line) => line !== "" && !stackLine.test(line));
  const line = said.findLast((text) => /error|fail|unable|cannot|not found/i.test(text)) ?? said.at(-1);
  return line === undefined ? `exit code ${ended.code}` : `exit code ${ended.code}: ${line}`;
}
