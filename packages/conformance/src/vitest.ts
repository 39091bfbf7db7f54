import type { Backend, Tensor } from "@batchnorm/core";
import { afterAll, describe, it } from "vitest";
import { type Check, thrownBehind } from "./check.js";
import { allChecks } from "./checks/index.js";
import type { Bounds } from "./judging/bounds.js";
import { requirementNames, requirements } from "./requirements.js";
import { checksFor, Examination, type SuiteOptions, type Unsupported, unsupportedBy, type Verdict } from "./suite.js";
import { summaryOf } from "./summary.js";

export interface ConformanceOptions extends SuiteOptions {
  /** the largest errors, in ulp, that are still right; `goals` of this package unless the backend's own were measured */
  readonly bounds: Bounds;
  /** all checks by default */
  readonly checks?: readonly Check[];
}

/** Milliseconds after which a check hangs: on a slow machine that does other work, large ones take minutes. */
const timeout = 30 * 60_000;

/**
 * Declares every check of the suite as a test of a backend, grouped by requirement, and prints at the end how many checks
 * wait for each requirement that failed.
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
    const verdicts: Verdict[] = [];
    afterAll(() => {
      backend.close?.();
      const lines = summaryOf(verdicts);
      if (lines.length > 0) throw told(lines.join("\n"));
    });
    const ask = async (check: Check) => {
      const verdict = await examination.ask(check);
      verdicts.push(verdict);
      return verdict;
    };
    for (const requirement of requirementNames) {
      const own = asked.filter((check) => check.requirement === requirement);
      if (own.length === 0) continue;
      describe(`${requirements[requirement].text} [${requirement}]`, () => {
        for (const check of own) declare(check, ask, unsupportedBy(unsupported, check));
      });
    }
  });
}

function declare(check: Check, ask: (check: Check) => Promise<Verdict>, unsupported: Unsupported | undefined): void {
  const declared = unsupported === undefined ? "" : ` is unsupported: ${unsupported.reason}`;
  it(`${check.name}, ${check.dtype}${declared}`, { timeout }, async ({ skip }) => {
    const verdict = await ask(check);
    if (verdict.outcome === "not judged") skip(verdict.message);
    if (verdict.outcome === "failed") throw told(verdict.message, thrownBehind(verdict.error));
  });
}

/** An error whose message says all: a stack of this suite would only tell how it asks. */
function told(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { stack: "" });
}
