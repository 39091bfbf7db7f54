import * as v from "valibot";
import { UsageError } from "../exit-codes.js";
import { type Report, reportSchema, reportSchemaName, reportSchemaVersion } from "./schema.js";

/** A report as it is written: checked against its schema; a list of numbers stands on one line. */
export function reportToJson(report: Report): string {
  const json = JSON.stringify(v.parse(reportSchema, report), null, 2);
  const oneLine = (list: string) => list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]");
  return `${json.replace(/\[\s+-?\d[\d.e+\-,\s]*\]/g, oneLine)}\n`;
}

/**
 * Reads a report.
 *
 * @param json the text of a report.json
 * @param from where it is from, for the message
 * @throws UsageError where it is cut off, something else, of another version, or damaged
 */
export function parseReport(json: string, from = "report.json"): Report {
  const value = parseJson(json, from);
  const { schema, schemaVersion } = (value ?? {}) as { schema?: unknown; schemaVersion?: unknown };
  if (schema !== reportSchemaName) {
    throw new UsageError(
      `${from} is no report of batchnorm: its "schema" must be "${reportSchemaName}", got ${JSON.stringify(schema) ?? "none"}`,
    );
  }
  if (schemaVersion !== reportSchemaVersion) {
    throw new UsageError(
      `${from} has schema version ${JSON.stringify(schemaVersion) ?? "none"}, but this batchnorm reads version ${reportSchemaVersion}; make a new report with batchnorm report`,
    );
  }
  const result = v.safeParse(reportSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UsageError(`${from} is damaged: at ${v.getDotPath(issue) ?? "its top"}: ${issue.message}`);
}

function parseJson(json: string, from: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${from} is not JSON, or cut off (${why}); make a new report with batchnorm report`);
  }
}
