import { type Operation, operations } from "@batchnorm/conformance";
import type { DType } from "@batchnorm/core";
import { describePresence } from "@batchnorm/optional-components";
import pc from "picocolors";
import type { AbsentBackend } from "../known-backend.js";
import { table } from "../output.js";
import type { BackendCheck, CheckRow } from "./run-check.js";

/** The checks for people: a row per backend and type, the worst error of each operation, and what is wrong. */
export function checkSummary(checks: readonly BackendCheck[], absent: readonly AbsentBackend[]): string {
  const head = ["backend", "type", ...operations, "verdict"];
  const rows = checks.flatMap((check) => summaryRows(check));
  const compared = checks.flatMap(({ rows }) => rows).reduce((sum, { values }) => sum + values, 0);
  return [
    "Worst errors in ulp against the specification, on MNIST digits in 1d, 2d and 3d",
    `layers: training, evaluation, frozen and backward steps (${compared.toLocaleString("en")} values):`,
    "",
    table(
      head,
      rows,
      operations.map((_, column) => column + 2),
    ),
    ...absent.map(({ name, absent }) => `${name} ${describePresence(absent)}`),
    ...checks.flatMap(checkProblems),
    "",
    "A correctly rounded result is within 0.5 ulp.",
    "float64 results are compared with double-double arithmetic.",
  ].join("\n");
}

function summaryRows({ backend, rows, failures }: BackendCheck): string[][] {
  const types = new Set<DType>([...rows, ...failures].map(({ dtype }) => dtype));
  return [...types].map((dtype) => {
    const own = rows.filter((row) => row.dtype === dtype);
    const passed = own.every((row) => row.passed) && !failures.some((failure) => failure.dtype === dtype);
    const verdict = passed ? pc.green("agrees") : pc.red("DISAGREES");
    return [backend, dtype, ...operations.map((operation) => worst(own, operation)), verdict];
  });
}

function worst(rows: readonly CheckRow[], operation: Operation): string {
  const own = rows.filter((row) => row.operation === operation);
  if (own.length === 0) return "";
  const text = formatUlp(own.some(({ ulp }) => ulp === null) ? null : Math.max(...own.map(({ ulp }) => ulp as number)));
  return own.every(({ passed }) => passed) ? text : pc.red(text);
}

/** An error in ulp as people read it; null, where a result was not finite. */
export function formatUlp(ulp: number | null): string {
  if (ulp === null) return "not finite";
  return ulp < 1000 ? ulp.toFixed(2) : ulp.toExponential(1);
}

/** What is wrong with a backend, a line each. */
export function checkProblems({ backend, rows, failures }: BackendCheck): string[] {
  const wrong = rows.filter(({ passed }) => !passed);
  return [
    ...wrong.map(
      ({ dtype, case: name, mode, operation, ulp, bound }) =>
        `${backend} ${dtype}: ${operation} in ${mode} is ${ulp === null ? "not finite" : `off by ${formatUlp(ulp)} ulp`}, at most ${bound} ulp allowed (${name})`,
    ),
    ...failures.map(({ dtype, case: name, message }) => `${backend} ${dtype}: ${name} failed: ${message}`),
  ];
}
