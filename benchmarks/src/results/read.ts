import { readFileSync } from "node:fs";
import { ownCommand } from "@batchnorm/optional-components";
import { DocumentError, parseDocument } from "@batchnorm/timing";
import { type BenchmarkResult, resultSchema, resultSchemaName, resultSchemaVersion } from "./schema.js";

const form = {
  what: "benchmark result",
  name: resultSchemaName,
  version: resultSchemaVersion,
  schema: resultSchema,
  remedy: `measure again with ${ownCommand("bench")}`,
};

/**
 * Reads a result.
 *
 * @param json the text of a result file
 * @param from where it is from, for the message
 * @throws DocumentError where it is cut off, something else, of another version, or damaged
 */
export function parseResult(json: string, from: string): BenchmarkResult {
  return parseDocument(form, json, from);
}

/** Reads a result file. @throws DocumentError also where it cannot be read */
export function readResult(path: string): BenchmarkResult {
  let json: string;
  try {
    json = readFileSync(path, "utf8");
  } catch (error) {
    throw new DocumentError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
  return parseResult(json, path);
}
