import { expectThat } from "../../check.js";
import type { Operation } from "../../judging/bounds.js";
import type { Mode } from "../../judging/case.js";
import { type Observation, observe } from "../../judging/observation.js";
import { expectWithinBounds } from "../../judging/within-bounds.js";
import type { Bench } from "../bench.js";

/** Expects results that were told by hand, within the bounds of their operation; their scale is 1 or their own size. */
export async function expectNear(
  { subject, dtype }: Bench,
  { name, mode, operation }: { readonly name: string; readonly mode: Mode; readonly operation: Operation },
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): Promise<void> {
  const where = { case: name, data: "ordinary", step: 0, mode, operation, against: "specification" } as const;
  const scale = Array.from(expected, (value) => Math.max(1, Math.abs(value)));
  async function* observations(): AsyncGenerator<Observation> {
    yield observe(where, actual, expected, scale, dtype);
  }
  await expectWithinBounds(subject, observations());
}

/** Expects the same strings in any order. */
export function expectNames(what: string, actual: readonly string[], expected: readonly string[]): void {
  const sorted = (names: readonly string[]) => [...names].sort().join(", ") || "none";
  expectThat(sorted(actual) === sorted(expected), () => `${what}: expected ${sorted(expected)}, got ${sorted(actual)}`);
}
