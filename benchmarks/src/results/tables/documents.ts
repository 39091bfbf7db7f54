import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { newestResult } from "../newest.js";
import { withTables } from "./insert.js";

/** The files that may have marks for tables. */
const files = ["README.md", "docs/performance.md"];

/** A file whose tables are not those of the newest result. */
export interface OutdatedDocument {
  /** below the root, as is `result` */
  readonly file: string;
  /** the file of the newest result */
  readonly result: string;
  /** the text as it should be */
  readonly text: string;
}

/**
 * The files of the repository whose tables differ from those of the newest result in benchmarks/results.
 *
 * @throws TablesError where marks do not fit, or there is no result for them
 * @throws DocumentError where a file among the results is none
 */
export function outdatedDocuments(root: string): OutdatedDocument[] {
  const newest = newestResult(join(root, "benchmarks", "results"));
  return files.flatMap((file) => {
    const before = readFileSync(join(root, file), "utf8");
    const text = withTables(before, file, newest?.result ?? null);
    return text === before ? [] : [{ file, result: relative(root, newest?.path ?? ""), text }];
  });
}
