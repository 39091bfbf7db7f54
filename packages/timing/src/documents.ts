import * as v from "valibot";
import { DocumentError } from "./errors.js";

/** A kind of JSON file that says what it is: its `schema` and `schemaVersion` stand first. */
export interface DocumentForm<Schema extends v.GenericSchema> {
  /** as in "is no `report` of batchnorm" */
  readonly what: string;
  readonly name: string;
  readonly version: number;
  readonly schema: Schema;
  /** what to do with a file that cannot be read: "make a new report with batchnorm report" */
  readonly remedy: string;
}

/** A document as it is written: checked against its schema; a list of numbers stands on one line. */
export function documentToJson<Schema extends v.GenericSchema>(
  { schema }: Pick<DocumentForm<Schema>, "schema">,
  document: v.InferInput<Schema>,
): string {
  const json = JSON.stringify(v.parse(schema, document), null, 2);
  const oneLine = (list: string) => list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]");
  return `${json.replace(/\[\n\s*-?\d[\d.e+\-,\s]*\]/g, oneLine)}\n`;
}

/**
 * Reads a document.
 *
 * @param json its text
 * @param from where it is from, for the message
 * @throws DocumentError where it is cut off, something else, of another version, or damaged
 */
export function parseDocument<Schema extends v.GenericSchema>(
  { what, name, version, schema: form, remedy }: DocumentForm<Schema>,
  json: string,
  from: string,
): v.InferOutput<Schema> {
  const value = parseJson(json, from, remedy);
  const { schema, schemaVersion } = (value ?? {}) as { schema?: unknown; schemaVersion?: unknown };
  if (schema !== name) {
    throw new DocumentError(
      `${from} is no ${what} of batchnorm: its "schema" must be "${name}", got ${JSON.stringify(schema) ?? "none"}`,
    );
  }
  if (schemaVersion !== version) {
    throw new DocumentError(
      `${from} has schema version ${JSON.stringify(schemaVersion) ?? "none"}, but this batchnorm reads version ${version}; ${remedy}`,
    );
  }
  const result = v.safeParse(form, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DocumentError(`${from} is damaged: at ${v.getDotPath(issue) ?? "its top"}: ${issue.message}; ${remedy}`);
}

function parseJson(json: string, from: string, remedy: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DocumentError(`${from} is not JSON, or cut off (${why}); ${remedy}`);
  }
}
