import { CommanderError } from "commander";
import { exitCodes, UsageError } from "./exit-codes.js";
import type { KnownBackend } from "./known-backend.js";
import { createProgram } from "./program.js";

/**
 * Runs one command. What only some commands need is loaded by those.
 *
 * @param args what follows the command's name
 * @param backends the backends to look at; every known one by default
 * @returns the exit code, see exit-codes.ts
 */
export async function main(args: readonly string[], backends?: readonly KnownBackend[]): Promise<number> {
  // whoever reads may stop early, as `head` does: no more is wanted then
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok);
    process.stderr.write(`error: cannot write the output: ${error.message}\n`);
    process.exit(exitCodes.wrongUse);
  });
  const context = {
    code: exitCodes.ok as number,
    backends: async () => backends ?? (await import("./known-backends.js")).knownBackends(),
  };
  try {
    const program = await createProgram(args, context);
    await program.parseAsync(args, { from: "user" });
    return context.code;
  } catch (error) {
    return report(error);
  }
}

async function report(error: unknown): Promise<number> {
  // commander has printed its own message already; --help and --version end with 0
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.wrongUse;
  if (!(error instanceof Error && (error instanceof UsageError || (await isOurs(error))))) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  return exitCodes.wrongUse;
}

async function isOurs(error: Error): Promise<boolean> {
  const { BenchmarkError } = await import("@batchnorm/benchmarks");
  const { ComponentError } = await import("@batchnorm/components");
  const { BatchNormError } = await import("@batchnorm/core");
  return [BatchNormError, ComponentError, BenchmarkError].some((kind) => error instanceof kind);
}
