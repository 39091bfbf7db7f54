import { BenchmarkError } from "@batchnorm/benchmarks";
import { ComponentError } from "@batchnorm/components";
import { BatchNormError } from "@batchnorm/core";
import { CommanderError } from "commander";
import { exitCodes, UsageError } from "./exit-codes.js";
import { type KnownBackend, knownBackends } from "./known-backends.js";
import { createProgram } from "./program.js";

/**
 * Runs one command.
 *
 * @param args what follows the command's name
 * @param backends the backends to look at
 * @returns the exit code, see exit-codes.ts
 */
export async function main(
  args: readonly string[],
  backends: readonly KnownBackend[] = knownBackends(),
): Promise<number> {
  // whoever reads may stop early, as `head` does: no more is wanted then
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok);
    process.stderr.write(`error: cannot write the output: ${error.message}\n`);
    process.exit(exitCodes.wrongUse);
  });
  try {
    const result = { code: exitCodes.ok as number, backends };
    await createProgram(result).parseAsync(args, { from: "user" });
    return result.code;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  // commander has printed its own message already; --help and --version end with 0
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.wrongUse;
  const understood = [UsageError, BatchNormError, ComponentError, BenchmarkError];
  if (error instanceof Error && understood.some((kind) => error instanceof kind)) {
    process.stderr.write(`error: ${error.message}\n`);
    return exitCodes.wrongUse;
  }
  throw error;
}
