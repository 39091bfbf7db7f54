import { caseId, type IdentifiedCase } from "../cases/id.js";
import type { TimedTask } from "../operations.js";

/** What a group is, unique within a result: the case's id, operation, activation and outputs. */
export function groupKey({
  case: testCase,
  operation,
  activation,
  outputs,
}: TimedTask & { readonly case: IdentifiedCase }): string {
  return [caseId(testCase), operation, ...(activation === null ? [] : [activation]), outputs].join(" ");
}
