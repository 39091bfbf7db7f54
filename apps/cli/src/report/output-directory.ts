import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { UsageError } from "../exit-codes.js";

/** Where a report was written. */
export interface Written {
  readonly html: string;
  readonly json: string;
}

/** What is written to a directory: as people call it, and the names of its files. */
export interface Output {
  readonly what: string;
  readonly files: readonly string[];
}

const reportOutput: Output = { what: "a report", files: ["index.html", "report.json"] };

/**
 * Finds out, before any work, whether a report, or another output, can be written to a directory that may not exist yet.
 * Nothing is made.
 *
 * @returns its absolute path
 * @throws UsageError where it cannot
 */
export function checkOutputDirectory(out: string, { what, files }: Output = reportOutput): string {
  if (out === "") throw new UsageError("--out must name a directory, got nothing");
  const directory = resolve(out);
  try {
    checkWritable(directory, true);
    for (const file of files) checkWritable(join(directory, file), false);
  } catch (error) {
    throw new UsageError(
      `cannot write ${what} to ${directory}: ${(error as Error).message}; choose another with --out`,
    );
  }
  return directory;
}

/** What exists must be of the right kind and writable; of what does not, the nearest directory above must be. */
function checkWritable(path: string, isDirectory: boolean): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    if (dirname(path) !== path) checkWritable(dirname(path), true);
    return;
  }
  if (found.isDirectory() !== isDirectory) {
    throw new Error(`${path} is ${found.isDirectory() ? "a directory" : "a file"}`);
  }
  accessSync(path, constants.W_OK);
}

/** Makes a directory. @throws UsageError where it cannot be made */
export function makeDirectory(directory: string): void {
  try {
    makeOneByOne(directory);
  } catch (error) {
    throw new UsageError(`cannot make ${directory}: ${(error as Error).message}; choose another with --out`);
  }
}

/** One directory at a time: Node's recursive mkdir does not come back from some places, /proc being one. */
function makeOneByOne(directory: string): void {
  if (existsSync(directory)) return;
  makeOneByOne(dirname(directory));
  mkdirSync(directory);
}

/** Writes both files, each whole or not at all, whenever the process ends. */
export async function writeReport(directory: string, html: string, json: string): Promise<Written> {
  makeDirectory(directory);
  const paths = { html: join(directory, "index.html"), json: join(directory, "report.json") };
  await writeFileAtomic(paths.json, json);
  await writeFileAtomic(paths.html, html);
  return paths;
}
