import type { Check } from "../../check.js";
import type { Case, CaseOptions, Mode, Pass, Step } from "../../judging/case.js";
import { type RequirementName, requirements } from "../../requirements.js";
import { caseChecks } from "../case-check.js";

/** A case without what all cases here share: two channels in 1d, and why it is there, which its requirement says. */
export type ShortCase = Omit<Case, "name" | "about" | "options"> & { readonly options?: Partial<CaseOptions> };

/** A check of a short case in each type. */
export function shortCaseChecks(requirement: RequirementName, name: string, short: ShortCase): Check[] {
  const options = { kind: "BatchNorm1d", numFeatures: 2, ...short.options } as const;
  return caseChecks(requirement, name, () => [{ ...short, name, about: requirements[requirement].text, options }]);
}

/**
 * A check of one pass, which judges the results that it expects.
 *
 * @param pass what is passed, and what is expected of it
 */
export function passChecks(
  requirement: RequirementName,
  name: string,
  mode: Mode,
  { expected, ...pass }: Parameters<typeof passStep>[1],
  short: Omit<ShortCase, "judges" | "steps"> = {},
): Check[] {
  const judges = Object.keys(expected ?? {}) as NonNullable<Case["judges"]>;
  const step = passStep(mode, { ...pass, ...(expected && { expected }) });
  return shortCaseChecks(requirement, name, { ...short, judges, steps: [step] });
}

/** A forward pass, with its backward pass where it has a `dy`, as a step. */
export function passStep(
  mode: Mode,
  { x, shape, dy = null, expected }: Omit<Pass, "mode" | "dy"> & { readonly dy?: Pass["dy"] },
  { accumulate = false, state }: { readonly accumulate?: boolean; readonly state?: Step["expected"] } = {},
): Step {
  return {
    do: "pass",
    pass: { mode, shape, x, dy, ...(expected && { expected }) },
    accumulate,
    ...(state && { expected: state }),
  };
}
