import { sizeOf } from "@batchnorm/core";
import type { BenchmarkCase } from "../cases/schema.js";
import type { TimedOperation } from "../operations.js";
import type { ResultGroup } from "../results/schema.js";
import { spreadOf } from "../statistics.js";

/** So often in a row an implementation may fail: one that hangs each time would take hours. */
const mostFailures = 3;

/** What is known of implementations so far: how long their runs took, and who does not get on. */
export class Speeds {
  /** the last two of each kind */
  readonly #nanosecondsPerElement = new Map<string, readonly number[]>();
  readonly #failures = new Map<string, number>();

  /** Remembers what was measured. */
  tell({ case: testCase, operation, cells }: Pick<ResultGroup, "case" | "operation" | "cells">): void {
    for (const cell of cells) {
      if (cell.outcome === "failed") {
        this.#failures.set(cell.implementation, (this.#failures.get(cell.implementation) ?? 0) + 1);
      }
      if (cell.outcome !== "timed") continue;
      this.#failures.delete(cell.implementation);
      const each = (spreadOf(cell.rounds.flat()).median * 1e6) / sizeOf(testCase.shape);
      const key = keyOf(cell.implementation, operation, testCase);
      this.#nanosecondsPerElement.set(key, [...(this.#nanosecondsPerElement.get(key) ?? []), each].slice(-2));
    }
  }

  /** Milliseconds that a run will take, from the faster of the last two like it: one may have been disturbed; null: none. */
  expected(implementation: string, operation: TimedOperation, testCase: BenchmarkCase): number | null {
    const each = this.#nanosecondsPerElement.get(keyOf(implementation, operation, testCase));
    return each === undefined ? null : (Math.min(...each) * sizeOf(testCase.shape)) / 1e6;
  }

  /** Why an implementation is not asked any more; null where it is. */
  givenUp(implementation: string): string | null {
    const failures = this.#failures.get(implementation) ?? 0;
    return failures < mostFailures ? null : `it failed ${failures} times in a row, and is not asked any more`;
  }
}

function keyOf(implementation: string, operation: TimedOperation, { layout, dtype }: BenchmarkCase): string {
  return [implementation, operation, layout, dtype].join(" ");
}
