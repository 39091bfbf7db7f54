import type { Backend, DType, Tensor } from "@batchnorm/core";
import { dtypes as known } from "@batchnorm/core/checks";
import { type Check, explainFailure, Nonconformance, type Subject } from "./check.js";
import type { Bounds } from "./judging/bounds.js";
import type { Observation } from "./judging/observation.js";
import { foundationsOf, type RequirementName, requirements } from "./requirements.js";

/** A check that a backend is known not to pass, and why. */
export interface Unsupported {
  readonly requirement: RequirementName;
  /** the name of the check */
  readonly check: string;
  readonly reason: string;
}

/**
 * How a check ended. A check that rests on a failed requirement is not judged. One declared as unsupported has to fail:
 * where it passes, the declaration is what failed.
 */
export type Verdict =
  | { readonly check: Check; readonly outcome: "passed" }
  | { readonly check: Check; readonly outcome: "failed"; readonly message: string; readonly error: unknown }
  | { readonly check: Check; readonly outcome: "unsupported"; readonly message: string }
  | {
      readonly check: Check;
      readonly outcome: "not judged";
      readonly broken: RequirementName;
      readonly message: string;
    };

/** Asks a backend one question after another, and remembers which requirements failed. */
export class Examination {
  readonly #broken = new Set<RequirementName>();
  readonly #subject: Subject;
  readonly #unsupported: readonly Unsupported[];

  constructor(subject: Subject, unsupported: readonly Unsupported[] = []) {
    this.#subject = subject;
    this.#unsupported = unsupported;
  }

  async ask(check: Check): Promise<Verdict> {
    const broken = [...foundationsOf(check.requirement)].find((under) => this.#broken.has(under));
    if (broken !== undefined) {
      const message = `not judged, it rests on "${requirements[broken].text}" [${broken}], which does not hold`;
      return { check, outcome: "not judged", broken, message };
    }
    const declared = unsupportedBy(this.#unsupported, check);
    if (declared !== undefined) return await this.#askUnsupported(check, declared.reason);
    try {
      await check.run(this.#subject);
      return { check, outcome: "passed" };
    } catch (error) {
      this.#broken.add(check.requirement);
      return { check, outcome: "failed", message: explainFailure(check, error), error };
    }
  }

  async #askUnsupported(check: Check, reason: string): Promise<Verdict> {
    const unsupported: Verdict = { check, outcome: "unsupported", message: `unsupported: ${reason}` };
    if (this.#subject.bounds === null) return unsupported;
    try {
      await check.run({ ...this.#subject, observe: () => {} });
    } catch {
      return unsupported;
    }
    const error = new Nonconformance(
      `it is declared unsupported (${reason}), but passes: take it from the declaration`,
    );
    return { check, outcome: "failed", message: explainFailure(check, error), error };
  }
}

/** The declaration that a check is not passed, if there is one. */
export function unsupportedBy(
  unsupported: readonly Unsupported[],
  { requirement, name }: Pick<Check, "requirement" | "name">,
): Unsupported | undefined {
  return unsupported.find((one) => one.requirement === requirement && one.check === name);
}

export interface SuiteOptions {
  /** the largest errors that are still right, see `goals`; null: only measure */
  readonly bounds: Bounds | null;
  /** the checks that it is known not to pass, each of which has to fail; none by default */
  readonly unsupported?: readonly Unsupported[];
  /** told of everything that is compared, right or wrong */
  readonly observe?: (observation: Observation) => void;
}

/**
 * Those checks that a backend can be asked: the ones in types that it computes in.
 *
 * @throws Error where it says that it computes in none, or in one that is not known
 */
export function checksFor(checks: readonly Check[], dtypes: readonly DType[]): readonly Check[] {
  if (dtypes.length === 0 || !dtypes.every((dtype) => known.includes(dtype))) {
    throw new Error(`capabilities.dtypes must hold one or more of ${known.join(", ")}, got [${dtypes.join(", ")}]`);
  }
  return checks.filter(({ dtype }) => dtypes.includes(dtype));
}

/** Asks a backend all checks that it can be asked, in order. */
export async function* examine<T extends Tensor>(
  backend: Backend<T>,
  checks: readonly Check[],
  { bounds, unsupported, observe = () => {} }: SuiteOptions,
): AsyncGenerator<Verdict> {
  const examination = new Examination({ backend: backend as unknown as Backend, bounds, observe }, unsupported);
  for (const check of checksFor(checks, backend.capabilities.dtypes)) yield await examination.ask(check);
}
