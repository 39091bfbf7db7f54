#!/usr/bin/env node
import { endOnInterrupt, exitCodes, runProgram } from "@batchnorm/cli/terminal";

endOnInterrupt();
// loaded after it, so that Ctrl-C is answered from the start
const { createProgram } = await import("./command/program.js");
const outcome = { code: exitCodes.ok as number };
const args = process.argv.slice(2);
process.exitCode = await runProgram(createProgram(outcome), args, outcome);
