import type { Check } from "../../check.js";
import { callsChecks } from "./calls.js";
import { disposeChecks } from "./dispose.js";
import { failedActionChecks } from "./failed-actions.js";
import { failedCallChecks } from "./failed-calls.js";
import { inputsRefusedChecks } from "./inputs-refused.js";
import { inputsUnchangedChecks } from "./inputs-unchanged.js";
import { leakChecks } from "./leaks.js";
import { moveChecks } from "./move.js";
import { needsChecks } from "./needs.js";
import { outChecks } from "./out.js";
import { outRefusedChecks } from "./out-refused.js";
import { refusedWriteChecks } from "./refused-writes.js";
import { resultsChecks } from "./results.js";
import { retainChecks } from "./retain.js";
import { statesChecks } from "./states.js";
import { tensorsCopyChecks } from "./tensors-copy.js";

/** The checks of the requirements on ownership, and one on move, which belongs to the refusal of single values. */
export function ownershipChecks(): readonly Check[] {
  return [
    ...inputsRefusedChecks,
    ...outRefusedChecks,
    ...tensorsCopyChecks,
    ...inputsUnchangedChecks,
    ...resultsChecks,
    ...retainChecks,
    ...callsChecks,
    ...statesChecks,
    ...outChecks,
    ...needsChecks,
    ...disposeChecks,
    ...leakChecks,
    ...failedActionChecks,
    ...failedCallChecks,
    ...refusedWriteChecks,
    ...moveChecks,
  ];
}
