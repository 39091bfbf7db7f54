import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { TablesError } from "../../errors.js";
import { newestResult, type ResultFile } from "../newest.js";
import { tableBlocks } from "./blocks.js";
import { endMark, marksIn, withTables } from "./insert.js";
import { profileOf, profilesWithTables } from "./profiles.js";

/** The files that have tables, each with those that stand in it. */
const inReadme: readonly string[] = ["summary", "threads in short", "engines in short"];
const places: Readonly<Record<string, readonly string[]>> = {
  "README.md": inReadme,
  "docs/performance.md": Object.keys(tableBlocks).filter((name) => !inReadme.includes(name)),
};

/** A file whose tables are not those of the newest result. */
export interface OutdatedDocument {
  /** below the root, as is `result` */
  readonly file: string;
  /** the files of the newest results */
  readonly result: string;
  /** the text as it should be */
  readonly text: string;
}

/**
 * The files of the repository whose tables differ from those of the newest result in benchmarks/results.
 *
 * @throws TablesError where marks do not fit, a table is not in its place once, or there is no result for them
 * @throws DocumentError where a file among the results is none
 */
export function outdatedDocuments(root: string): OutdatedDocument[] {
  const folder = join(root, "benchmarks", "results");
  const newest = newestResults(folder);
  return Object.entries(places).flatMap(([file, names]) => {
    const before = readFileSync(join(root, file), "utf8");
    if (newest.has(null)) checkPlaces(file, marksIn(before), names);
    const text = withTables(before, file, (block) => newest.get(profileOf(block))?.result ?? null);
    const results = [...newest.values()].map(({ path }) => relative(root, path));
    return text === before ? [] : [{ file, result: results.join(" and "), text }];
  });
}

/** The newest result of each profile that has tables of its own, and of the others, under null. */
function newestResults(folder: string): Map<string | null, ResultFile> {
  const wanted = [null, ...profilesWithTables];
  return new Map(
    wanted.flatMap((name) => {
      const isOf = (profile: string) => (name === null ? !profilesWithTables.includes(profile) : profile === name);
      const found = newestResult(folder, isOf);
      return found === null ? [] : [[name, found] as const];
    }),
  );
}

/** Tables that are gone would be up to date for ever. */
function checkPlaces(file: string, marks: readonly string[], names: readonly string[]): void {
  for (const name of names) {
    const count = marks.filter((mark) => mark === name).length;
    if (count !== 1) {
      throw new TablesError(
        `${file} must have the table "${name}" once, between "<!-- benchmark: ${name} -->" and "${endMark}", but has it ${count === 0 ? "not at all" : `${count} times`}`,
      );
    }
  }
  const stranger = marks.find((mark) => !names.includes(mark) && Object.hasOwn(tableBlocks, mark));
  if (stranger !== undefined) throw new TablesError(`${file} is not the place of the table "${stranger}"`);
}
