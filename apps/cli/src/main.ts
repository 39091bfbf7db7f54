import { exitCodes } from "./exit-codes.js";
import type { KnownBackend } from "./known-backend.js";
import { createProgram } from "./program.js";
import { runProgram } from "./run-program.js";

/**
 * Runs one command. What only some commands need is loaded by those.
 *
 * @param args what follows the command's name
 * @param backends the backends to look at; every known one by default
 * @returns the exit code, see exit-codes.ts
 */
export function main(args: readonly string[], backends?: readonly KnownBackend[]): Promise<number> {
  const context = {
    code: exitCodes.ok as number,
    backends: async () => backends ?? (await import("./known-backends.js")).knownBackends(),
  };
  return runProgram(createProgram(args, context), args, context);
}
