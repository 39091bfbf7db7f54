import { writeSync } from "node:fs";
import { exitCodes } from "./exit-codes.js";

const showCursor = "\u001b[?25h";

/** Ends the process on Ctrl-C, with the cursor shown again where progress has hidden it. */
export function endOnInterrupt(): void {
  process.once("SIGINT", () => {
    // past the streams, which progress may have taken over
    if (process.stdout.isTTY) writeSync(process.stdout.fd, showCursor);
    writeSync(process.stderr.fd, "\ninterrupted\n");
    process.exit(exitCodes.interrupted);
  });
}
