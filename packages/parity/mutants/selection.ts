import type { Check } from "@batchnorm/conformance";
import type { Asked } from "./report.js";

/** How many checks of every other sentence a look takes that is not thorough. */
const few = 3;

/** The checks that a mutant is asked, in the order of all. */
export function selected(all: readonly Check[], { sentence, thorough }: Omit<Asked, "bounds">): readonly Check[] {
  if (thorough) return all;
  const small = all.filter((check) => !check.large);
  const taken = new Set([...new Set(small.map((check) => check.sentence))].flatMap((name) => spread(small, name)));
  return all.filter((check) => check.sentence === sentence || taken.has(check));
}

/** A few checks of a sentence, from its first to its last, of which one type comes after the other. */
function spread(checks: readonly Check[], sentence: Check["sentence"]): readonly Check[] {
  const own = checks.filter((check) => check.sentence === sentence);
  if (own.length <= few) return own;
  return Array.from({ length: few }, (_, i) => own[Math.round((i * (own.length - 1)) / (few - 1))] as Check);
}
