import type { Check } from "../../check.js";
import { finiteDifferenceChecks } from "./finite-differences.js";
import { invarianceChecks } from "./invariances.js";
import { sequenceChecks } from "./sequences.js";

/** The checks of the requirements on agreement. */
export async function agreementChecks(): Promise<readonly Check[]> {
  return [...invarianceChecks(), ...finiteDifferenceChecks(), ...(await sequenceChecks())];
}
