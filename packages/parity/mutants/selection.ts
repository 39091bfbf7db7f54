import type { Check } from "@batchnorm/conformance";
import type { Asked } from "./report.js";

/** How many checks of every other sentence a look takes that is not thorough. */
const few = 6;

/** How many of a sentence whose checks each take every size from 1 to 130, and with it as long as a hundred others. */
const fewSweeps = 1;

/** The checks that a mutant is asked, in the order of all. */
export function selected(all: readonly Check[], { sentence, thorough }: Omit<Asked, "bounds">): readonly Check[] {
  if (thorough) return all;
  const small = all.filter((check) => !check.large);
  const taken = new Set([...new Set(small.map((check) => check.sentence))].flatMap((name) => spread(small, name)));
  return all.filter((check) => check.sentence === sentence || taken.has(check));
}

/** A few checks of a sentence, from all over it, of which some are of one type and some of the other. */
function spread(checks: readonly Check[], sentence: Check["sentence"]): readonly Check[] {
  const own = checks.filter((check) => check.sentence === sentence);
  const count = sentence === "every-element" ? fewSweeps : few;
  if (own.length <= count) return own;
  return Array.from({ length: count }, (_, i) => own[Math.floor(((i + 0.5) * own.length) / count)] as Check);
}
