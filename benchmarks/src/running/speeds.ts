import { sizeOf } from "@batchnorm/core";
import type { Contestant } from "../contestants/contestant.js";
import type { TimedTask } from "../operations.js";
import { spreadOf } from "../statistics.js";
import type { Workload } from "../workload.js";

/** How long runs took so far, from which is told how long one will take. */
export class Speeds {
  readonly #nanosecondsPerElement = new Map<string, number>();

  /** Remembers what was measured. */
  tell(contestant: Contestant, task: TimedTask, workload: Workload, rounds: readonly (readonly number[])[]): void {
    const samples = rounds.flat();
    if (samples.length === 0) return;
    const each = (spreadOf(samples).median * 1e6) / sizeOf(workload.case.shape);
    this.#nanosecondsPerElement.set(keyOf(contestant, task, workload), each);
  }

  /** Milliseconds that a run will take, from the last like it; null where there was none. */
  expected(contestant: Contestant, task: TimedTask, workload: Workload): number | null {
    const each = this.#nanosecondsPerElement.get(keyOf(contestant, task, workload));
    return each === undefined ? null : (each * sizeOf(workload.case.shape)) / 1e6;
  }
}

function keyOf({ name }: Contestant, { operation }: TimedTask, { case: kase }: Workload): string {
  return [name, operation, kase.layout, kase.dtype].join(" ");
}
