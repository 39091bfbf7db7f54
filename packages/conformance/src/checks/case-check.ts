import type { DType } from "@batchnorm/core";
import type { Check } from "../check.js";
import type { Case } from "../judging/case.js";
import { runCase } from "../judging/run-case.js";
import { expectWithinBounds } from "../judging/within-bounds.js";
import type { RequirementName } from "../requirements.js";
import { type CheckOptions, typedChecks } from "./typed-checks.js";

/**
 * A check of cases in each type: the layer's sequence of steps, with the specification beside it.
 *
 * @param cases made one after the other when they are asked for: their data may be large. A case that says nothing of
 * the type of its state has it in the type of the check
 */
export function caseChecks(
  requirement: RequirementName,
  name: string,
  cases: (dtype: DType) => Iterable<Case>,
  options?: CheckOptions,
): Check[] {
  return typedChecks(
    requirement,
    name,
    async (subject, dtype) => {
      for (const testCase of cases(dtype)) {
        const typed: Case = { ...testCase, options: { dtype, ...testCase.options } };
        await expectWithinBounds(subject, runCase(subject.backend, typed, dtype));
      }
    },
    options,
  );
}
