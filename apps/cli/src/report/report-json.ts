import { ownCommand } from "@batchnorm/optional-components";
import { type DocumentForm, documentToJson, parseDocument } from "@batchnorm/timing";
import { type Report, reportSchema, reportSchemaName, reportSchemaVersion } from "./schema.js";

const form: DocumentForm<typeof reportSchema> = {
  what: "report",
  name: reportSchemaName,
  version: reportSchemaVersion,
  schema: reportSchema,
  remedy: `make a new report with ${ownCommand("report")}`,
};

/** A report as it is written: checked against its schema; a list of numbers stands on one line. */
export function reportToJson(report: Report): string {
  return documentToJson(form, report);
}

/**
 * Reads a report.
 *
 * @param json the text of a report.json
 * @param from where it is from, for the message
 * @throws DocumentError where it is cut off, something else, of another version, or damaged
 */
export function parseReport(json: string, from = "report.json"): Report {
  return parseDocument(form, json, from);
}
