import { sizeOf } from "@batchnorm/core";
import type { BenchmarkCase } from "../cases/schema.js";
import type { TimedOperation } from "../operations.js";
import type { ResultGroup } from "../results/schema.js";
import { spreadOf } from "../statistics.js";

/** So often in a row a contestant may fail: one that hangs each time would take hours. */
const mostFailures = 3;

/** What is known of contestants so far: how long their runs took, and who does not get on. */
export class Speeds {
  /** the last two of each kind */
  readonly #nanosecondsPerElement = new Map<string, readonly number[]>();
  readonly #failures = new Map<string, number>();

  /** Remembers what was measured. */
  tell({ case: kase, operation, cells }: Pick<ResultGroup, "case" | "operation" | "cells">): void {
    for (const cell of cells) {
      if (cell.outcome === "failed") {
        this.#failures.set(cell.contestant, (this.#failures.get(cell.contestant) ?? 0) + 1);
      }
      if (cell.outcome !== "timed") continue;
      this.#failures.delete(cell.contestant);
      const each = (spreadOf(cell.rounds.flat()).median * 1e6) / sizeOf(kase.shape);
      const key = keyOf(cell.contestant, operation, kase);
      this.#nanosecondsPerElement.set(key, [...(this.#nanosecondsPerElement.get(key) ?? []), each].slice(-2));
    }
  }

  /** Milliseconds that a run will take, from the faster of the last two like it: one may have been disturbed; null: none. */
  expected(contestant: string, operation: TimedOperation, kase: BenchmarkCase): number | null {
    const each = this.#nanosecondsPerElement.get(keyOf(contestant, operation, kase));
    return each === undefined ? null : (Math.min(...each) * sizeOf(kase.shape)) / 1e6;
  }

  /** Why a contestant is not asked any more; null where it is. */
  givenUp(contestant: string): string | null {
    const failures = this.#failures.get(contestant) ?? 0;
    return failures < mostFailures ? null : `it failed ${failures} times in a row, and is not asked any more`;
  }
}

function keyOf(contestant: string, operation: TimedOperation, { layout, dtype }: BenchmarkCase): string {
  return [contestant, operation, layout, dtype].join(" ");
}
