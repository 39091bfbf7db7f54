import type { Check } from "@batchnorm/conformance";
import type { Asked } from "./report.js";

/** Sentences of which one check is as long as a hundred others: of these one is taken. */
const dear: readonly Check["sentence"][] = ["every-element", "badly-chosen-shift", "invariances", "no-leak"];

/** The checks that a mutant is asked, in the order of all. */
export function selected(all: readonly Check[], { sentence, others }: Omit<Asked, "bounds">): readonly Check[] {
  if (others === Infinity) return all;
  const small = all.filter((check) => !check.large);
  const taken = new Set(
    [...new Set(small.map((check) => check.sentence))].flatMap((name) => spread(small, name, others)),
  );
  return all.filter((check) => check.sentence === sentence || taken.has(check));
}

/** Some checks of a sentence, from all over it, of which some are of one type and some of the other. */
function spread(checks: readonly Check[], sentence: Check["sentence"], most: number): readonly Check[] {
  const own = checks.filter((check) => check.sentence === sentence);
  const count = dear.includes(sentence) ? 1 : most;
  if (own.length <= count) return own;
  return Array.from({ length: count }, (_, i) => own[Math.floor(((i + 0.5) * own.length) / count)] as Check);
}
