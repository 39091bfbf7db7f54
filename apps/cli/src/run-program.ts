import { type Command, CommanderError } from "commander";
import { exitCodes, UsageError } from "./exit-codes.js";

/** What a command leaves behind. */
interface Outcome {
  /** the exit code */
  readonly code: number;
}

/**
 * Runs a command line.
 *
 * @param args what follows the command's name
 * @param outcome read when the command is done
 * @returns the exit code, see exit-codes.ts
 */
export async function runProgram(
  program: Command | Promise<Command>,
  args: readonly string[],
  outcome: Outcome,
): Promise<number> {
  // whoever reads may stop early, as `head` does: no more is wanted then
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok);
    process.stderr.write(`error: cannot write the output: ${error.message}\n`);
    process.exit(exitCodes.wrongUse);
  });
  try {
    await (await program).parseAsync(args, { from: "user" });
    return outcome.code;
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
  const { ComponentError } = await import("@batchnorm/optional-components");
  const { BatchNormError } = await import("@batchnorm/core");
  const { BenchmarkError } = await import("@batchnorm/timing");
  return [BatchNormError, ComponentError, BenchmarkError].some((kind) => error instanceof kind);
}
