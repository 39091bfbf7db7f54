import type { Check } from "../check.js";
import { requirementNames } from "../requirements.js";
import { agreementChecks } from "./agreement/index.js";
import { numericsChecks } from "./numerics/index.js";
import { ownershipChecks } from "./ownership/index.js";
import { semanticsChecks } from "./semantics/index.js";

/** Every check of the suite, in the order of the requirements. */
export async function allChecks(): Promise<readonly Check[]> {
  const all = [...semanticsChecks(), ...numericsChecks(), ...ownershipChecks(), ...(await agreementChecks())];
  return requirementNames.flatMap((name) => all.filter(({ requirement }) => requirement === name));
}
