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
      try {
        // past the streams, which progress may have taken over
        if (process.stdout.isTTY) writeSync(process.stdout.fd, showCursor);
        writeSync(process.stderr.fd, signal === "SIGINT" ? "\ninterrupted\n" : `\nended by ${signal}\n`);
      } catch {
        // the terminal is gone
      }
      process.exit(stopCodes[signal]);
    });
  }
}
