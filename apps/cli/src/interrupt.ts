import { writeSync } from "node:fs";
import { exitCodes } from "./exit-codes.js";

const showCursor = "\u001b[?25h";

/** The exit codes of a command that is stopped, by the signal: 128 and its number, as shells have it. */
export const stopCodes = { SIGINT: exitCodes.interrupted, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Ends the process on Ctrl-C, and where it is told to end or its terminal goes: by process.exit, so that what listens to
 * "exit" cleans up, with the cursor shown again where progress has hidden it.
 */
export function endOnInterrupt(): void {
  for (const signal of Object.keys(stopCodes) as (keyof typeof stopCodes)[]) {
    process.once(signal, () => {
      if (process.stdout.isTTY) writePast(process.stdout, showCursor);
      writePast(process.stderr, signal === "SIGINT" ? "\ninterrupted\n" : `\nended by ${signal}\n`);
      process.exit(stopCodes[signal]);
    });
  }
}

/** Has a line shown when the process is stopped by a signal, where there is one to say then. */
export function onStop(line: () => string | null): void {
  process.once("exit", (code) => {
    const said = Object.values<number>(stopCodes).includes(code) ? line() : null;
    if (said !== null) writePast(process.stderr, `${said}\n`);
  });
}

/** Writes to a stream's file, past the stream, which progress may have taken over. */
function writePast({ fd }: { readonly fd: number }, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // the terminal is gone
  }
}
