/** What the repository's benchmarks have in common with this command line. Not for others: it may change at any time. */
export { formatUlp } from "./check/check-summary.js";
export { examplesText } from "./examples.js";
export { exitCodes, UsageError } from "./exit-codes.js";
export { endOnInterrupt, onStop } from "./interrupt.js";
export { type Cell, print, printJson, table } from "./output.js";
export { checkOutputDirectory, makeDirectory } from "./report/output-directory.js";
export { runProgram } from "./run-program.js";
export { timingProgress } from "./timing-progress.js";
