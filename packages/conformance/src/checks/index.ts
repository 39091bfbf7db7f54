import type { Check } from "../check.js";
import { sentenceNames } from "../sentences.js";
import { agreementChecks } from "./agreement/index.js";
import { numericsChecks } from "./numerics/index.js";
import { ownershipChecks } from "./ownership/index.js";
import { semanticsChecks } from "./semantics/index.js";

/** Every check of the suite, in the order of the sentences. */
export async function allChecks(): Promise<readonly Check[]> {
  const all = [...semanticsChecks(), ...numericsChecks(), ...ownershipChecks(), ...(await agreementChecks())];
  return sentenceNames.flatMap((name) => all.filter(({ sentence }) => sentence === name));
}
