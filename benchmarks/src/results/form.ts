import { ownCommand } from "@batchnorm/optional-components";
import type { DocumentForm } from "@batchnorm/timing";
import { resultSchema, resultSchemaName, resultSchemaVersion } from "./schema.js";

/** The form of a result file. */
export const resultForm: DocumentForm<typeof resultSchema> = {
  what: "benchmark result",
  name: resultSchemaName,
  version: resultSchemaVersion,
  schema: resultSchema,
  remedy: `measure again with ${ownCommand("bench")}`,
};
