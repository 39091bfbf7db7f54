import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BenchmarkError } from "@batchnorm/timing";
import { enginesProfile, threadsProfile } from "../../running/profile.js";
import { newestResult, type ResultFile } from "../newest.js";
import { readResult } from "../read.js";
import { inShort } from "./in-short.js";
import { resultPage } from "./page.js";

const startMark = "<!-- benchmark: in short -->";
const endMark = "<!-- end of benchmark -->";

/** The first has to have the short table, the others may. */
const withShortTable = ["README.md", "docs/performance.md"];
const resultsFolder = "benchmarks/results";

/** A file that is not what the results make of it. */
export interface OutdatedDocument {
  /** below the root */
  readonly file: string;
  /** as it should be */
  readonly text: string;
}

/**
 * The files of the repository that differ from what the results in benchmarks/results make of them: a page beside each
 * result, and the short table in README.md and docs/performance.md.
 *
 * @throws BenchmarkError where marks do not fit, or there is no steady result for the short table
 * @throws DocumentError where a file among the results is none
 */
export function outdatedDocuments(root: string): OutdatedDocument[] {
  const expected = [...pages(root), ...documents(root)];
  return expected.filter(({ file, text }) => textOf(root, file) !== text);
}

function pages(root: string): OutdatedDocument[] {
  const files = existsSync(join(root, resultsFolder)) ? readdirSync(join(root, resultsFolder)) : [];
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({
      file: `${resultsFolder}/${file.replace(/\.json$/, ".md")}`,
      text: resultPage(readResult(join(root, resultsFolder, file))),
    }));
}

function documents(root: string): OutdatedDocument[] {
  const [first] = withShortTable;
  return withShortTable.flatMap((file) => {
    const before = textOf(root, file);
    const marks = before.split("\n").filter((line) => line === startMark).length;
    if (marks === 0 && file !== first) return [];
    if (marks !== 1) {
      throw new BenchmarkError(
        "ERR_TABLES",
        `${file} must have the short table once, between "${startMark}" and "${endMark}", but has it ${marks === 0 ? "not at all" : `${marks} times`}`,
      );
    }
    return [{ file, text: withTable(before, file, shortTable(root)) }];
  });
}

function withTable(text: string, file: string, body: string): string {
  const lines = text.split("\n");
  const start = lines.indexOf(startMark);
  const end = lines.indexOf(endMark, start);
  if (end === -1)
    throw new BenchmarkError("ERR_TABLES", `${file}: the mark "${startMark}" has no "${endMark}" after it`);
  return [...lines.slice(0, start + 1), "", body, "", ...lines.slice(end)].join("\n");
}

function shortTable(root: string): string {
  return inShort(newestOf(root, threadsProfile.name), newestOf(root, enginesProfile.name));
}

function newestOf(root: string, profile: string): ResultFile {
  const found = newestResult(join(root, resultsFolder), (name) => name === profile);
  if (found !== null) return found;
  throw new BenchmarkError(
    "ERR_TABLES",
    `${resultsFolder} has no result of the profile ${profile} for the short table; measure one with npm run bench -- --profile ${profile}, and put the file that it wrote there`,
  );
}

function textOf(root: string, file: string): string {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
}
