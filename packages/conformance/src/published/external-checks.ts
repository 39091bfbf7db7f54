import { BatchNormError, type DType, type Tensor, ulpAt } from "@batchnorm/core";
import { batchNorm } from "@batchnorm/layers";
import { type Check, expectThat, Nonconformance, type Subject } from "../check.js";
import { keeping } from "../checks/agreement/keeping.js";
import type { ExternalCase, ExternalFile, ExternalShapes, Tolerance } from "./external-file.js";
import { type ExternalResults, isKnownKind, resultsOf } from "./external-results.js";
import { shapeChecks } from "./external-shapes.js";

/** What has no counterpart here: tfjs also has gradients by the statistics that inference was given. */
const withoutCounterpart = ["dmean", "dvar"];

const comparable = new Set([
  ...["y", "batchMean", "batchVar", "batchInvStd", "runningMean", "runningVar", "yEvalAfter", "yEvalAfterPartial"],
  ...["dx", "dgamma", "dbeta", "loss", "gamma", "beta", ...withoutCounterpart],
]);

/**
 * Checks of the cases in files of other projects' suites, each in its own tolerance, type and convention; a case in
 * float64 is asked in float32 as well where its suite has a tolerance for that. Files of shapes alone are compared
 * with the specification.
 *
 * @param files parsed from JSON
 * @throws Error where a case is of a kind, or expects something, that nothing is known about
 */
export function externalChecks(files: readonly (ExternalFile | ExternalShapes)[]): readonly Check[] {
  return files.flatMap((file) =>
    "shapes" in file ? shapeChecks(file) : file.cases.flatMap((kase) => checksOf(kase, file)),
  );
}

function checksOf(kase: ExternalCase, file: ExternalFile): Check[] {
  const tolerance = kase.tolerance ?? file.tolerance;
  if (tolerance === null) throw new Error(`${kase.suite} ${kase.name} has no tolerance`);
  if (!isKnownKind(kase.kind)) throw new Error(`${kase.suite} ${kase.name} is of the kind ${kase.kind}: what is that?`);
  for (const name of Object.keys(kase.expected)) {
    if (!comparable.has(name)) throw new Error(`${kase.suite} ${kase.name} expects ${name}: what is that?`);
  }
  if (kase.eps < 0) return [refusal(kase)];
  if (kase.dtype === "float32" || tolerance.float64 === undefined) return [caseCheck(kase, kase.dtype, tolerance)];
  return [caseCheck(kase, "float64", tolerance.float64), caseCheck(kase, "float32", tolerance)];
}

function caseCheck(kase: ExternalCase, dtype: DType, tolerance: Tolerance): Check {
  return check(kase, dtype, "", (subject) =>
    keeping(async (keep) => compare(kase, await resultsOf(subject.backend, kase, dtype, keep), tolerance)),
  );
}

/** XLA takes any eps; here a negative one is refused, as PyTorch does. */
function refusal(kase: ExternalCase): Check {
  return check(kase, kase.dtype, ", refused: eps is negative", ({ backend }) =>
    keeping(async (keep) => {
      const x = keep(backend.tensor(kase.x, kase.shape, kase.dtype));
      try {
        keep(keep(batchNorm(backend, x, { training: true, eps: kase.eps, layout: "channels-last" })).y);
      } catch (error) {
        expectThat(
          error instanceof BatchNormError && error.code === "ERR_OPTION",
          () => `an eps of ${kase.eps} threw ${String(error)}, expected a BatchNormError with the code ERR_OPTION`,
        );
        return;
      }
      throw new Nonconformance(
        `an eps of ${kase.eps} was accepted, expected a BatchNormError with the code ERR_OPTION`,
      );
    }),
  );
}

function check(kase: ExternalCase, dtype: DType, more: string, run: (subject: Subject) => Promise<void>): Check {
  return {
    sentence: "published-values",
    name: `${kase.suite}: ${kase.name} [${kase.kind}]${more}`,
    dtype,
    large: false,
    run: <T extends Tensor>(subject: Subject<T>) => run(subject as unknown as Subject),
  };
}

/** @throws Nonconformance where a result is further from what is expected than the tolerance allows */
function compare(
  { expected, alternative, runningVarConvention, dtype }: ExternalCase,
  results: ExternalResults,
  tolerance: Tolerance,
): void {
  for (const [name, values] of Object.entries(expected)) {
    if (withoutCounterpart.includes(name)) continue;
    const actual = results[name];
    if (actual === undefined) throw new Nonconformance(`there is no ${name}`);
    const wrong = firstWrong(name, actual, values, tolerance, dtype);
    if (wrong === null) continue;
    const other = alternative?.[name];
    if (other !== undefined && firstWrong(name, actual, other, tolerance, dtype) === null) continue;
    const convention = runningVarConvention ? `; its running variance is the ${runningVarConvention} one` : "";
    throw new Nonconformance(`${wrong}${convention}`);
  }
}

function firstWrong(
  name: string,
  actual: ArrayLike<number>,
  expected: ExternalCase["expected"][string],
  tolerance: Tolerance,
  dtype: DType,
): string | null {
  if (Array.isArray(expected) && expected.length !== actual.length) {
    return `${name} has ${actual.length} values, expected ${expected.length}`;
  }
  for (const [index, value] of Object.entries(expected) as [string, number][]) {
    const came = actual[Number(index)] as number;
    const most = allowed(value, tolerance, dtype);
    if (Math.abs(came - value) <= most) continue;
    return `${name}[${index}] is ${came}, published is ${value}, at most ${most} from it`;
  }
  return null;
}

function allowed(value: number, tolerance: Tolerance, dtype: DType): number {
  return tolerance.kind === "ulp"
    ? tolerance.ulp * ulpAt(value, dtype)
    : tolerance.atol + tolerance.rtol * Math.abs(value);
}
