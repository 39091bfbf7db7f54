import type { Check } from "../../check.js";
import { failedActionChecks } from "./failed-actions.js";
import { failedCallChecks } from "./failed-calls.js";
import { refusedWriteChecks } from "./refused-writes.js";

const requirement = "failure-changes-nothing";

/** Whatever fails, and wherever: state and memory are as before, and the next call is right. */
export function failureChecks(): readonly Check[] {
  return [...failedActionChecks(requirement), ...failedCallChecks(requirement), ...refusedWriteChecks(requirement)];
}
