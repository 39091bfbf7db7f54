import { type ChildProcess, spawn } from "node:child_process";
import { Unsupported } from "@batchnorm/timing";
import * as v from "valibot";
import { type Answers, answerLine, answers, type Requests } from "./protocol.js";

/** A program that speaks the protocol. */
export interface HelperCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** variables on top of this process's own */
  readonly env?: Readonly<Record<string, string>>;
}

/** Thrown where a helper crashed, hung, or answered what it was not asked: it has been ended. */
export class HelperFailure extends Error {
  override readonly name = "HelperFailure";
}

interface Pending {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

const shownOfRubbish = 80;

/** No answer is longer: who prints more without an end of line prints rubbish. */
const longestLine = 2 ** 20;

/** An implementation's process. One request at a time; it is ended with this process. */
export class HelperProcess {
  readonly #child: ChildProcess;
  #pending: Pending | null = null;
  #ended: string | null = null;
  #unfinished = "";
  #lastError = "";
  #ids = 0;

  constructor({ file, args, env = {} }: HelperCommand) {
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
      detached: inGroup, // so that it can be ended with all that it has started
    });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#lastError = text.trim().split("\n").at(-1)?.trim() || this.#lastError;
    });
    child.stdin.on("error", () => {}); // it has ended: "close" says how
    child.on("error", (error) => this.#end(`it cannot be started: ${error.message}`));
    endWithThisProcess(child);
    child.on("close", (code, signal) => {
      const said = this.#lastError === "" ? "" : `: ${this.#lastError}`;
      this.#end(code === null ? `it was ended by ${signal}${said}` : `it ended with exit code ${code}${said}`);
    });
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws Unsupported where the implementation has no such thing
   * @throws HelperFailure where it fails, hangs or answers something else; the process is ended then
   */
  async ask<Do extends keyof Requests>(what: Do, request: Requests[Do], timeoutMs: number): Promise<Answers[Do]> {
    const id = ++this.#ids;
    const line = await this.#exchange(JSON.stringify({ id, do: what, ...request }), what, timeoutMs);
    const answer = v.safeParse(answerLine, parsed(line));
    if (!answer.success || answer.output.id !== id) throw this.#fail(rubbish(what, line));
    if ("unsupported" in answer.output) throw new Unsupported(answer.output.unsupported);
    if ("error" in answer.output) throw this.#fail(`it failed to "${what}": ${answer.output.error}`);
    const ok = v.safeParse(answers[what], answer.output.ok);
    if (!ok.success) throw this.#fail(rubbish(what, line));
    return ok.output as Answers[Do];
  }

  /** Whether it can still be asked. */
  get alive(): boolean {
    return this.#ended === null;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#ended !== null) return;
    const closed = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#kill(), 2_000);
    await closed;
    clearTimeout(timer);
  }

  #exchange(request: string, what: string, timeoutMs: number): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      if (this.#ended !== null) {
        reject(new HelperFailure(this.#ended));
        return;
      }
      const timer = setTimeout(() => {
        reject(this.#fail(`no answer to "${what}" within ${Math.round(timeoutMs / 1000)} s`));
      }, timeoutMs);
      const settle =
        <Value>(done: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          this.#pending = null;
          done(value);
        };
      this.#pending = { resolve: settle(resolve), reject: settle(reject) };
      this.#child.stdin?.write(`${request}\n`);
    });
  }

  #read(text: string): void {
    if (this.#ended !== null) return;
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) this.#answer(line);
    if (this.#unfinished.length > longestLine) {
      this.#unfinished = "";
      this.#fail(`it printed a line of more than ${longestLine} characters`);
    }
  }

  /** With all that it has started, which may hold its output open. */
  #kill(): void {
    endGroup(this.#child);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #answer(line: string): void {
    if (this.#pending !== null) this.#pending.resolve(line);
    else if (this.#ended === null) this.#fail(`it printed what it was not asked: ${short(line)}`);
  }

  /** Ends it at once: nothing that it says is believed any more. */
  #fail(reason: string): HelperFailure {
    this.#end(reason);
    this.#kill();
    return new HelperFailure(reason);
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#pending?.reject(new HelperFailure(this.#ended));
  }
}

const running = new Set<ChildProcess>();

function endWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) process.once("exit", endAll);
  running.add(child);
  child.once("close", () => {
    running.delete(child);
    if (running.size === 0) process.off("exit", endAll);
  });
}

function endAll(): void {
  for (const child of running) endGroup(child);
}

const inGroup = process.platform !== "win32";

function endGroup(child: ChildProcess): void {
  try {
    if (inGroup && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // it has just ended
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function rubbish(what: string, line: string): string {
  return `its answer to "${what}" is none: ${short(line)}`;
}

function short(line: string): string {
  return JSON.stringify(line.length > shownOfRubbish ? `${line.slice(0, shownOfRubbish)}...` : line);
}
