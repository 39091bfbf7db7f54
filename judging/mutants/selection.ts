import type { Check } from "@batchnorm/conformance";
import type { Asked } from "./report.js";

/** Requirements of which one check is as long as a hundred others: of these one is taken. */
const dear: readonly Check["requirement"][] = ["every-element", "badly-chosen-shift", "invariances", "no-leak"];

/** The checks that a mutant is asked, in the order of all. */
export function selected(all: readonly Check[], { requirement, others }: Omit<Asked, "bounds">): readonly Check[] {
  if (others === Infinity) return all;
  const small = all.filter((check) => !check.large);
  const taken = new Set(
    [...new Set(small.map((check) => check.requirement))].flatMap((name) => spread(small, name, others)),
  );
  return all.filter((check) => check.requirement === requirement || taken.has(check));
}

/** Some checks of a requirement, from all over it, of which some are of one type and some of the other. */
function spread(checks: readonly Check[], requirement: Check["requirement"], most: number): readonly Check[] {
  const own = checks.filter((check) => check.requirement === requirement);
  const count = dear.includes(requirement) ? 1 : most;
  if (own.length <= count) return own;
  return Array.from({ length: count }, (_, i) => own[Math.floor(((i + 0.5) * own.length) / count)] as Check);
}
