import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { repositoryRoot } from "./repository.mjs";

/** @type {Map<import("node:child_process").ChildProcess, { input?: boolean }>} */
const running = new Map();

/** @type {number | undefined} */
let endingWith;

const graceMs = 5000;

/**
 * A child that reads no input leads a process group of its own, so that a signal reaches all that it has started.
 *
 * @param {{ input?: boolean }} options
 */
const leadsGroup = (options) => process.platform !== "win32" && !options.input;

/** @param {NodeJS.Signals} signal */
function signalChildren(signal) {
  for (const [child, options] of running) {
    if (child.pid === undefined) continue;
    try {
      if (leadsGroup(options)) process.kill(-child.pid, signal);
      else if (signal !== "SIGINT") child.kill(signal); // a terminal has given it Ctrl-C itself
    } catch {
      // it has just ended
    }
  }
}

/** Ends the children and then this process, with the exit code that shells give a signal. A second one does not wait. */
function endOnSignals() {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const [name, code] of Object.entries(codes)) {
    process.on(name, () => {
      if (running.size === 0 || endingWith !== undefined) {
        signalChildren("SIGKILL");
        process.exit(code);
      }
      endingWith = code;
      signalChildren("SIGINT");
      setTimeout(() => signalChildren("SIGTERM"), graceMs / 10);
      setTimeout(() => {
        signalChildren("SIGKILL");
        process.exit(code);
      }, graceMs);
    });
  }
}
endOnSignals();

/** What npm tells its children of itself confuses pnpm; where packages come from and who asks for them it must know. */
const npmSettingsToKeep = /^npm_config_(registry|cache|https?[-_]proxy|proxy|noproxy|cafile|ca|strict[-_]ssl|.*:.*)$/i;

/**
 * The environment of the children: without npm's own variables, with the installed tools on PATH, no telemetry.
 *
 * @param {Record<string, string | undefined>} env
 * @param {string} root
 * @returns {Record<string, string>}
 */
export function childEnvironment(env, root = repositoryRoot) {
  /** @type {Record<string, string>} */
  const result = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (/^npm_/i.test(name) && !npmSettingsToKeep.test(name)) continue;
    result[name] = value;
  }
  if (result.HOME === "") {
    // Taken for the current directory, also by npm in choosing its cache; without it the system is asked.
    delete result.HOME;
    delete result.npm_config_cache;
  }
  const path = Object.keys(result).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  result[path] = [join(root, "node_modules", ".bin"), result[path] ?? ""].join(delimiter);
  result.TURBO_TELEMETRY_DISABLED = "1";
  result.DO_NOT_TRACK = "1";
  if (!process.stdout.isTTY && result.FORCE_COLOR === undefined) result.NO_COLOR = "1"; // turbo hides it from the tools
  return result;
}

/**
 * @typedef {object} RunOptions
 * @property {boolean} [quiet] keep what it prints, show the latest line of it on a terminal, and all of it if it fails
 * @property {boolean} [input] let it read this process's input
 * @property {string} [cwd]
 * @property {Record<string, string>} [env] on top of `childEnvironment`
 */

/**
 * Runs a program to its end. Does not return once a signal has come: the process ends with the signal's code then.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>} the exit code; 1 when there was none
 */
export function run(file, args, options = {}) {
  const output = options.quiet ? "pipe" : "inherit";
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd ?? repositoryRoot,
      env: { ...childEnvironment(process.env), ...options.env },
      detached: leadsGroup(options),
      stdio: [options.input ? "inherit" : "ignore", output, output],
      shell: process.platform === "win32" && !file.endsWith(".exe"),
    });
    running.set(child, options);
    const shown = options.quiet ? keepOutput(child) : undefined;
    child.on("error", (error) => reject(new Error(`${file} cannot be run: ${error.message}`)));
    child.on("close", (code) => {
      running.delete(child);
      shown?.(code !== 0 && endingWith === undefined);
      if (endingWith === undefined) resolve(code ?? 1);
      else if (running.size === 0) process.exit(endingWith);
    });
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {(all: boolean) => void} to be called at its end: clears the line, and prints everything if asked
 */
function keepOutput(child) {
  /** @type {Buffer[]} */
  const chunks = [];
  const terminal = process.stdout.isTTY;
  const width = (process.stdout.columns || 80) - 1;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (/** @type {Buffer} */ chunk) => {
      chunks.push(chunk);
      const line = chunk.toString("utf8").trim().split(/\r?\n/).at(-1) ?? "";
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours would be cut in the middle
      if (terminal) process.stdout.write(`\r\x1b[K${line.replace(/\x1b\[[\d;?]*[A-Za-z]/g, "").slice(0, width)}`);
    });
  }
  return (all) => {
    if (terminal) process.stdout.write("\r\x1b[K");
    if (all) process.stderr.write(Buffer.concat(chunks));
  };
}
