import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DocumentError } from "@batchnorm/timing";
import { parseResult } from "./read.js";
import type { BenchmarkResult } from "./schema.js";

/** A result and the file that it is from. */
export interface ResultFile {
  readonly path: string;
  readonly result: BenchmarkResult;
}

/**
 * The result in a folder that was started last, of those whose profile is wanted; null where there is none. Only that one
 * is held to its schema, so that results of earlier versions may stay.
 *
 * @throws DocumentError where a file there is no result, or the last is damaged
 */
export function newestResult(folder: string, wanted: (profile: string) => boolean = () => true): ResultFile | null {
  if (!existsSync(folder)) return null;
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => {
      const path = join(folder, file);
      const json = readFileSync(path, "utf8");
      return { path, json, started: startOf(json, path) };
    })
    .filter(({ json }) => wanted(/^\s*"profile": "([^"]+)",$/m.exec(json)?.[1] ?? ""));
  if (files.length === 0) return null;
  const newest = files.reduce((last, file) => (file.started > last.started ? file : last));
  return { path: newest.path, result: parseResult(newest.json, newest.path) };
}

function startOf(json: string, path: string): number {
  const started = /^\s*"started": "([^"]+)",$/m.exec(json)?.[1];
  const time = Date.parse(started ?? "");
  if (!Number.isNaN(time)) return time;
  parseResult(json, path); // says what is wrong with it
  throw new DocumentError(`${path} does not say when it was started in a line of its own, as results are written`);
}
