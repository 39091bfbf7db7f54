import { renameSync, rmSync, writeFileSync } from "node:fs";
import { documentToJson } from "../documents.js";
import { resultForm } from "./form.js";
import type { BenchmarkResult } from "./schema.js";

/** A result as it is written: checked against its schema; a list of numbers stands on one line. */
export function resultToJson(result: BenchmarkResult): string {
  return documentToJson(resultForm, result);
}

/** Writes a result file, whole or not at all: it is written beside its place and then moved there. */
export function writeResult(path: string, result: BenchmarkResult): void {
  const json = resultToJson(result);
  const beside = `${path}.${process.pid}.part`;
  try {
    writeFileSync(beside, json);
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}
