import {
  type Bounds,
  boundOf,
  boundsOf,
  type Mode,
  type Observation,
  type Operation,
  runCase,
} from "@batchnorm/conformance";
import type { DType } from "@batchnorm/core";
import type { OpenBackend } from "../known-backend.js";
import { digitCases } from "./digit-cases.js";

/** The worst error of an operation over a case. */
export interface CheckRow {
  readonly backend: string;
  readonly dtype: DType;
  readonly case: string;
  readonly mode: Mode;
  readonly operation: Operation;
  /** how many values were compared */
  readonly values: number;
  /** the worst error, in ulp at the operation's scale; null: not finite where the specification is */
  readonly ulp: number | null;
  readonly bound: number;
  readonly passed: boolean;
}

/** A case that could not be run to its end. */
export interface CheckFailure {
  readonly backend: string;
  readonly dtype: DType;
  readonly case: string;
  readonly message: string;
}

/** A backend against the specification. */
export interface BackendCheck {
  readonly backend: string;
  readonly version: string;
  readonly rows: readonly CheckRow[];
  readonly failures: readonly CheckFailure[];
  readonly passed: boolean;
}

/**
 * Runs a backend through the digits, with the specification beside it.
 *
 * @param onCase called before each case with its number from 0, how many there are, and its name
 */
export async function runCheck(
  { name, version, bounds, backend, use }: OpenBackend,
  onCase: (done: number, of: number, name: string) => void = () => {},
): Promise<BackendCheck> {
  const rows: CheckRow[] = [];
  const failures: CheckFailure[] = [];
  await use();
  const jobs = backend.capabilities.dtypes.flatMap((dtype) =>
    digitCases(dtype).map((testCase) => ({ dtype, testCase })),
  );
  for (const [done, { dtype, testCase }] of jobs.entries()) {
    onCase(done, jobs.length, `${testCase.name}, ${dtype}`);
    // a case is synchronous work on most backends: let a spinner turn, and Ctrl-C come through
    await new Promise((resolve) => setImmediate(resolve));
    try {
      const observations: Observation[] = [];
      for await (const observation of runCase(backend, testCase, dtype)) observations.push(observation);
      rows.push(...worstOf(observations, name, dtype, boundsOf(bounds)));
    } catch (error) {
      failures.push({
        backend: name,
        dtype,
        case: testCase.name,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return {
    backend: name,
    version,
    rows,
    failures,
    passed: failures.length === 0 && rows.every(({ passed }) => passed),
  };
}

function worstOf(observations: readonly Observation[], backend: string, dtype: DType, bounds: Bounds): CheckRow[] {
  const rows = new Map<string, CheckRow & { ulp: number }>();
  for (const { case: name, data, against, mode, operation, values, ulp, ...seen } of observations) {
    const key = `${mode} ${operation}`;
    const before = rows.get(key) ?? { values: 0, ulp: 0 };
    const worst = Math.max(before.ulp, ulp);
    const bound = boundOf(bounds, { dtype: seen.dtype, against, data, operation });
    const row = { backend, dtype, case: name, mode, operation, values: before.values + values, bound };
    rows.set(key, { ...row, ulp: worst, passed: worst <= bound });
  }
  // JSON has no infinity
  return [...rows.values()].map((row) => ({ ...row, ulp: Number.isFinite(row.ulp) ? row.ulp : null }));
}
