import { type Backend, BatchNormError, type ErrorCode } from "@batchnorm/core";
import { expectThat } from "../../check.js";
import type { Results } from "./operations.js";

/**
 * What work throws, at once or, on engines that report late, in `sync()` or where its results are read; null where it
 * succeeds. What it gives is disposed.
 *
 * @param spare a result that was there before and stays
 */
export async function failureOf(
  backend: Backend,
  work: () => Results | Promise<Results>,
  spare: unknown = null,
): Promise<unknown> {
  let results: Results = {};
  try {
    results = await work();
    await backend.sync();
    for (const result of Object.values(results)) if (result !== null && "data" in result) await result.data();
    return null;
  } catch (error) {
    return error ?? new Error("nothing was thrown as an error");
  } finally {
    const made = new Set(Object.values(results).filter((result) => result !== null && result !== spare));
    for (const result of made) result?.dispose();
  }
}

/** @throws Nonconformance unless work fails with a BatchNormError of one of these codes */
export async function expectRefusal(
  backend: Backend,
  work: () => Results | Promise<Results>,
  codes: readonly ErrorCode[],
  what: string,
  spare: unknown = null,
): Promise<void> {
  const error = await failureOf(backend, work, spare);
  const expected = `expected a BatchNormError with code ${codes.join(" or ")}`;
  expectThat(error !== null, `${what} was accepted, ${expected}`);
  const code = error instanceof BatchNormError ? error.code : null;
  expectThat(code !== null && codes.includes(code), `${what} threw ${describeError(error)}, ${expected}`);
}

function describeError(error: unknown): string {
  if (error instanceof BatchNormError) return `${error.name} with code ${error.code} ("${error.message}")`;
  return error instanceof Error ? `${error.name} ("${error.message}")` : String(error);
}
