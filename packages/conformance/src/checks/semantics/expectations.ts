import { type Backend, BatchNormError, describe, describeShape, type ErrorCode, type Tensor } from "@batchnorm/core";
import { expectThat } from "../../check.js";
import type { Operation } from "../../judging/bounds.js";
import type { Mode } from "../../judging/case.js";
import { judge } from "../../judging/judged.js";
import { type Observation, observe } from "../../judging/observation.js";
import type { Bench } from "./bench.js";

/** Expects values that no arithmetic has touched: each exactly, NaN included. */
export function expectValues(what: string, actual: ArrayLike<number> | undefined, expected: ArrayLike<number>): void {
  expectThat(actual !== undefined, `there is no ${what}`);
  expectThat(actual.length === expected.length, `${what} has ${actual.length} values, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const same = actual[i] === expected[i] || Object.is(actual[i], expected[i]);
    expectThat(same, `${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
  }
}

/** Expects results that were told by hand, within the bounds of their operation; their scale is 1 or their own size. */
export async function expectNear(
  { subject, dtype }: Bench,
  { name, mode, operation }: { readonly name: string; readonly mode: Mode; readonly operation: Operation },
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): Promise<void> {
  const where = { case: name, data: "ordinary", step: 0, mode, operation, against: "published" } as const;
  const scale = Array.from(expected, (value) => Math.max(1, Math.abs(value)));
  async function* observations(): AsyncGenerator<Observation> {
    yield observe(where, actual, expected, scale, dtype);
  }
  await judge(subject, observations());
}

/** Expects the same strings in any order. */
export function expectNames(what: string, actual: readonly string[], expected: readonly string[]): void {
  const sorted = (names: readonly string[]) => [...names].sort().join(", ") || "none";
  expectThat(sorted(actual) === sorted(expected), () => `${what}: expected ${sorted(expected)}, got ${sorted(actual)}`);
}

export function expectShape(what: string, { shape }: Pick<Tensor, "shape">, expected: readonly number[]): void {
  const [came, right] = [describeShape(shape), describeShape(expected)];
  expectThat(came === right, `${what} has shape ${came}, expected ${right}`);
}

/** What is demanded of a refusal. */
export interface Refusal {
  readonly code: ErrorCode;
  /** what stands first in the message */
  readonly start?: string;
  /** what the message mentions somewhere: what came, and what was expected */
  readonly mentions?: readonly string[];
}

/**
 * Expects `work` to be refused, at once or, by an engine that reports late, in `sync` or in the `data` of its result.
 *
 * @returns the error
 */
export async function expectRefusal(
  backend: Backend,
  what: string,
  { code, start = "", mentions = [] }: Refusal,
  work: () => unknown,
): Promise<BatchNormError> {
  const error = await failureOf(backend, work);
  expectThat(error !== null, `${what} is not refused, expected an error with code ${code}`);
  expectThat(
    error instanceof BatchNormError,
    () =>
      `${what} is refused by ${error instanceof Error ? `${error.name}: ${error.message}` : describe(error)}, ` +
      `which is no BatchNormError; expected one with code ${code}`,
  );
  const { message } = error;
  expectThat(error.code === code, `${what} is refused with code ${error.code}, expected ${code}: ${message}`);
  expectThat(message.startsWith(start), `${what}: the message should begin with "${start}", it is "${message}"`);
  for (const part of mentions) {
    expectThat(message.includes(part), `${what}: the message should mention ${part}, it is "${message}"`);
  }
  return error;
}

/** What `work` throws, now or late; null where it succeeds, in which case a result is disposed. */
async function failureOf(backend: Backend, work: () => unknown): Promise<unknown> {
  let result: unknown;
  try {
    result = await work();
    await backend.sync();
    await (result as Partial<Tensor> | undefined)?.data?.();
    return null;
  } catch (error) {
    return error;
  } finally {
    (result as Partial<Tensor> | undefined)?.dispose?.();
  }
}
