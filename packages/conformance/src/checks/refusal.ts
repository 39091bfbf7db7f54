import { type Backend, BatchNormError, type ErrorCode } from "@batchnorm/core";
import { describeError, expectThat } from "../check.js";

/** What is demanded of a refusal. */
export interface Refusal {
  /** or one of several, where the contract leaves it open */
  readonly code: ErrorCode | readonly ErrorCode[];
  /** what stands first in the message */
  readonly start?: string;
  /** what the message mentions somewhere: what came, and what was expected */
  readonly mentions?: readonly string[];
}

/**
 * Expects `work` to be refused, at once or late, see `failureOf`.
 *
 * @param spare a result that was there before and stays
 * @returns the error
 */
export async function expectRefusal(
  backend: Backend,
  what: string,
  { code, start = "", mentions = [] }: Refusal,
  work: () => unknown,
  spare?: unknown,
): Promise<BatchNormError> {
  const error = await failureOf(backend, work, spare);
  const codes = [code].flat();
  const expected = codes.join(" or ");
  expectThat(error !== null, `${what} is not refused, expected an error with code ${expected}`);
  expectThat(
    error instanceof BatchNormError,
    () =>
      `${what} is refused by ${describeError(error)}, which is no BatchNormError; expected one with code ${expected}`,
    { cause: error },
  );
  const { message } = error;
  expectThat(
    codes.includes(error.code),
    `${what} is refused with code ${error.code}, expected ${expected}: ${message}`,
  );
  expectThat(message.startsWith(start), `${what}: the message should begin with "${start}", it is "${message}"`);
  for (const part of mentions) {
    expectThat(message.includes(part), `${what}: the message should mention ${part}, it is "${message}"`);
  }
  return error;
}

/** A result that may be disposed, and that may have values to read. */
interface Thing {
  dispose(): void;
  data?(): Promise<unknown>;
}

function isThing(value: unknown): value is Thing {
  return typeof value === "object" && value !== null && "dispose" in value;
}

/** What work gave: one thing, or several by name. */
function thingsOf(result: unknown): readonly Thing[] {
  if (isThing(result)) return [result];
  return typeof result === "object" && result !== null ? Object.values(result).filter(isThing) : [];
}

/**
 * What work throws, at once or, by an engine that reports late, in `sync` or in the `data` of its results; null where
 * it succeeds. What it gave is disposed.
 *
 * @param spare a result that was there before and stays
 */
export async function failureOf(backend: Backend, work: () => unknown, spare?: unknown): Promise<unknown> {
  let things: readonly Thing[] = [];
  try {
    things = thingsOf(await work());
    await backend.sync();
    for (const thing of things) await thing.data?.();
    return null;
  } catch (error) {
    return error ?? new Error("nothing was thrown as an error");
  } finally {
    for (const thing of new Set(things)) if (thing !== spare) thing.dispose();
  }
}
