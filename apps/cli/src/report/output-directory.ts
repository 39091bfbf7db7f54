import { accessSync, constants, mkdirSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
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
 * Finds out, before any work, whether a report, or another output, can be written to a directory that may not exist yet,
 * by writing there: permissions alone do not tell. Nothing is left behind.
 *
 * @returns its absolute path
 * @throws UsageError where it cannot
 */
export function checkOutputDirectory(out: string, { what, files }: Output = reportOutput): string {
  if (out === "") throw new UsageError("--out must name a directory, got an empty name");
  const directory = resolve(out);
  try {
    for (const file of files) checkReplaceable(join(directory, file));
    tryWriting(directory);
  } catch (error) {
    throw new UsageError(
      `cannot write ${what} to ${directory}: ${(error as Error).message}; choose another with --out`,
    );
  }
  return directory;
}

function checkReplaceable(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory()) throw new Error(`${file} is a directory`);
  accessSync(file, constants.W_OK);
}

function tryWriting(directory: string): void {
  const made: string[] = [];
  try {
    makeOneByOne(directory, made);
    const probe = join(directory, `.batchnorm-${process.pid}`);
    writeFileSync(probe, "", { flag: "wx" });
    rmSync(probe);
  } finally {
    for (const one of made.reverse()) rmdirSync(one);
  }
}

/** Makes a directory. @throws UsageError where it cannot be made */
export function makeDirectory(directory: string): void {
  try {
    makeOneByOne(directory);
  } catch (error) {
    throw new UsageError(`cannot create ${directory}: ${(error as Error).message}; choose another with --out`);
  }
}

/**
 * One directory at a time: Node's recursive mkdir does not come back from some places, /proc being one.
 *
 * @param made gets those that did not exist, outermost first
 */
function makeOneByOne(directory: string, made: string[] = []): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory() === false) throw new Error(`${directory} is a file`);
  if (found !== undefined) return;
  makeOneByOne(dirname(directory), made);
  mkdirSync(directory);
  made.push(directory);
}

/** Writes both files, each whole or not at all, whenever the process ends. */
export async function writeReport(directory: string, html: string, json: string): Promise<Written> {
  makeDirectory(directory);
  const paths = { html: join(directory, "index.html"), json: join(directory, "report.json") };
  await writeFileAtomic(paths.json, json);
  await writeFileAtomic(paths.html, html);
  return paths;
}
