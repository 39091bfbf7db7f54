import type { Backend, Tensor } from "@batchnorm/core";
import { afterAll, describe, it } from "vitest";
import type { Check } from "./check.js";
import { allChecks } from "./checks/index.js";
import type { Bounds } from "./judging/bounds.js";
import type { Observation } from "./judging/observation.js";
import { sentenceNames, sentences } from "./sentences.js";
import { checksFor, Examination, type Unsupported, unsupportedBy } from "./suite.js";

export interface ConformanceOptions {
  /** the largest errors, in ulp, that are still right; `goals` of this package unless the backend's own were measured */
  readonly bounds: Bounds;
  /** the checks that it is known not to pass; each has to fail */
  readonly unsupported?: readonly Unsupported[];
  /** told of everything that is compared, right or wrong */
  readonly observe?: (observation: Observation) => void;
  /** all checks by default */
  readonly checks?: readonly Check[];
}

/** Milliseconds after which a check hangs: on a slow machine that does other work, large ones take minutes. */
const timeout = 30 * 60_000;

/**
 * Declares every check of the suite as a test of a backend, by the sentences that they decide.
 *
 * @param open makes the backend; called once
 */
export function conformance<T extends Tensor>(
  name: string,
  open: () => Backend<T> | Promise<Backend<T>>,
  { bounds, unsupported = [], observe = () => {}, checks }: ConformanceOptions,
): void {
  describe(name, async () => {
    const backend = (await open()) as unknown as Backend;
    const examination = new Examination({ backend, bounds, observe }, unsupported);
    const asked = checksFor(checks ?? (await allChecks()), backend.capabilities.dtypes);
    afterAll(() => backend.close?.());
    for (const sentence of sentenceNames) {
      const own = asked.filter((check) => check.sentence === sentence);
      if (own.length === 0) continue;
      describe(`${sentences[sentence].text} [${sentence}]`, () => {
        for (const check of own) declare(check, examination, unsupportedBy(unsupported, check));
      });
    }
  });
}

function declare(check: Check, examination: Examination, unsupported: Unsupported | undefined): void {
  const declared = unsupported === undefined ? "" : ` is unsupported: ${unsupported.reason}`;
  it(`${check.name}, ${check.dtype}${declared}`, { timeout }, async ({ skip }) => {
    const verdict = await examination.ask(check);
    if (verdict.outcome === "not judged") skip(verdict.message);
    if (verdict.outcome === "failed") throw new Error(verdict.message, { cause: verdict.error });
  });
}
