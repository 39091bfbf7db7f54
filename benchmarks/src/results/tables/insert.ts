import { TablesError } from "../../errors.js";
import type { BenchmarkResult } from "../schema.js";
import { tableBlocks } from "./blocks.js";
import { profileOf } from "./profiles.js";

const startMark = /^<!-- benchmark: (.*) -->$/;
/** Ends every table. */
export const endMark = "<!-- end of benchmark -->";

type ResultFor = (block: string) => BenchmarkResult | null;

/** The names of the tables that a text has marks for. */
export function marksIn(text: string): string[] {
  return text.split("\n").flatMap((line) => startMark.exec(line)?.[1] ?? []);
}

/**
 * A Markdown text with the tables of a result between its marks, `<!-- benchmark: NAME -->` and
 * `<!-- end of benchmark -->`, each on a line of its own; what stood there is replaced.
 *
 * @param file the text's name, for the message
 * @param resultFor the result of which a table, by its name, is made; null: there is none, which is right only for a text
 *   without marks
 * @throws TablesError where marks do not pair, have a name that no table has, or there is no result for them
 */
export function withTables(text: string, file: string, resultFor: ResultFor): string {
  const lines: string[] = [];
  let open: string | null = null;
  for (const line of text.split("\n")) {
    const name = startMark.exec(line)?.[1];
    if (name !== undefined) {
      if (open !== null) throw new TablesError(`${file}: the mark "benchmark: ${open}" has no "${endMark}" after it`);
      lines.push(line, "", blockOf(name, file, resultFor), "");
      open = name;
    } else if (line === endMark) {
      if (open === null) throw new TablesError(`${file}: a mark "${endMark}" ends no table`);
      open = null;
    }
    if (open === null) lines.push(line);
  }
  if (open !== null) throw new TablesError(`${file}: the mark "benchmark: ${open}" has no "${endMark}" after it`);
  return lines.join("\n");
}

function blockOf(name: string, file: string, resultFor: ResultFor): string {
  if (!Object.hasOwn(tableBlocks, name)) {
    throw new TablesError(
      `${file}: there is no table "${name}" for its mark; expected one of ${Object.keys(tableBlocks).join(", ")}`,
    );
  }
  const result = resultFor(name);
  if (result === null) {
    throw new TablesError(
      `${file} has a mark for the table "${name}", but benchmarks/results has no result for it; measure one with ${commandFor(name)}, put the file that it wrote there, or take the mark out`,
    );
  }
  return (tableBlocks[name] as (typeof tableBlocks)[string])(result);
}

function commandFor(block: string): string {
  const profile = profileOf(block);
  return profile === null ? "npm run bench" : `npm run bench -- --profile ${profile}`;
}
