import { renameSync, rmSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import { type BenchmarkResult, resultSchema } from "./schema.js";

/**
 * A result as it is written: checked against its schema; groups and copies stand on a line each.
 */
export function resultToJson(result: BenchmarkResult): string {
  const { groups, drift, ...head } = v.parse(resultSchema, result);
  const lists = Object.entries({ drift, groups }).map(([name, items]) => {
    const lines = items.map((item) => `\n    ${JSON.stringify(item)}`);
    return `,\n  "${name}": [${lines.join(",")}${lines.length > 0 ? "\n  " : ""}]`;
  });
  return `${JSON.stringify(head, null, 2).slice(0, -2)}${lists.join("")}\n}\n`;
}

/** Writes a result file. */
export function writeResult(path: string, result: BenchmarkResult): void {
  writeWhole(path, resultToJson(result));
}

/** Writes a file whole or not at all: beside its place, and then it is moved there. A full disk takes nothing away. */
export function writeWhole(path: string, text: string): void {
  const beside = `${path}.new`;
  try {
    writeFileSync(beside, text, { flush: true });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
