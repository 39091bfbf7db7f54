import type { DType } from "@batchnorm/core";
import { ulpAt } from "@batchnorm/core/measure";
import { batchNorm } from "@batchnorm/layers";
import { type Check, Nonconformance } from "../check.js";
import { type Bench, benchChecks } from "../checks/bench.js";
import { expectRefusal } from "../checks/refusal.js";
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
    "shapes" in file ? shapeChecks(file) : file.cases.flatMap((testCase) => checksOf(testCase, file)),
  );
}

function checksOf(testCase: ExternalCase, file: ExternalFile): Check[] {
  const tolerance = testCase.tolerance ?? file.tolerance;
  if (tolerance === null) throw new Error(`${testCase.suite} ${testCase.name} has no tolerance`);
  if (!isKnownKind(testCase.kind))
    throw new Error(`${testCase.suite} ${testCase.name} is of the kind ${testCase.kind}: what is that?`);
  for (const name of Object.keys(testCase.expected)) {
    if (!comparable.has(name)) throw new Error(`${testCase.suite} ${testCase.name} expects ${name}: what is that?`);
  }
  if (testCase.eps < 0)
    return ask(testCase, testCase.dtype, ", refused: eps is negative", (bench) => refuses(bench, testCase));
  if (testCase.dtype === "float32" || tolerance.float64 === undefined)
    return compared(testCase, testCase.dtype, tolerance);
  return [...compared(testCase, "float64", tolerance.float64), ...compared(testCase, "float32", tolerance)];
}

function compared(testCase: ExternalCase, dtype: DType, tolerance: Tolerance): Check[] {
  return ask(testCase, dtype, "", async (bench) => compare(testCase, await resultsOf(bench, testCase), tolerance));
}

/** XLA takes any eps; here a negative one is refused, as PyTorch does. */
async function refuses({ backend, keep, tensor }: Bench, { x, shape, eps }: ExternalCase): Promise<void> {
  const given = tensor(x, shape);
  await expectRefusal(backend, `an eps of ${eps}`, { code: "ERR_OPTION" }, () => {
    const call = keep(batchNorm(backend, given, { training: true, eps, layout: "channels-last" }));
    return call.y;
  });
}

function ask(testCase: ExternalCase, dtype: DType, more: string, run: (bench: Bench) => Promise<void>): Check[] {
  const name = `${testCase.suite}: ${testCase.name} [${testCase.kind}]${more}`;
  return benchChecks("published-values", name, run, { dtypes: [dtype] });
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
