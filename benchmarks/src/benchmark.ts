import { setImmediate } from "node:timers/promises";
import { type Agreement, agreementOf, referenceOf } from "./agreement.js";
import { type BenchmarkCase, viewOf } from "./cases/schema.js";
import type { Implementation, Prepared } from "./implementations/implementation.js";
import { measure, type TimeBudget } from "./measuring/measure.js";
import { operationNames, plain, type TimedOperation, type TimedTask } from "./operations.js";
import { type Spread, spreadOf } from "./statistics.js";
import { bytesMoved, gigabytesPerSecond } from "./traffic.js";
import { type Workload, workloadOf } from "./workload.js";

/** A time in milliseconds. */
export interface Timing extends Spread {
  readonly samples: readonly number[];
  /** counted traffic (traffic.ts) over the median */
  readonly gigabytesPerSecond: number;
}

/** One implementation on one operation of one case: its error, and its time where it agrees with the specification. */
export interface Measurement extends Agreement {
  readonly implementation: string;
  readonly case: BenchmarkCase;
  readonly operation: TimedOperation;
  /** null: it does not agree, and so was not timed */
  readonly timing: Timing | null;
}

/**
 * Compares every implementation with the specification on a case, and times those that agree.
 *
 * @param onProgress told what is being done, in a few words
 */
export async function benchmark(
  testCase: BenchmarkCase,
  implementations: readonly Implementation[],
  budget: TimeBudget,
  operations: readonly TimedOperation[],
  onProgress: (doing: string) => void = () => {},
): Promise<Measurement[]> {
  onProgress("drawing the inputs");
  await setImmediate(); // what follows is one piece of work: let the line be drawn, and Ctrl-C through
  const workload = workloadOf(testCase);
  const measurements: Measurement[] = [];
  for (const operation of operations) {
    onProgress(operationNames[operation]);
    await setImmediate();
    measurements.push(...(await benchmarkTask(plain(operation), workload, implementations, budget)));
  }
  return measurements;
}

async function benchmarkTask(
  task: TimedTask,
  workload: Workload,
  implementations: readonly Implementation[],
  budget: TimeBudget,
): Promise<Measurement[]> {
  const ready: Prepared[] = [];
  try {
    const reference = referenceOf(workload, task);
    const compared: { implementation: Implementation; prepared: Prepared; agreement: Agreement }[] = [];
    for (const implementation of implementations) {
      const prepared = await implementation.prepare(workload, task);
      ready.push(prepared);
      const { results } = await prepared.first();
      compared.push({ implementation, prepared, agreement: agreementOf(implementation, results, reference) });
      await setImmediate();
    }
    const timed = compared.filter(({ agreement }) => agreement.agrees).map(({ prepared }) => prepared);
    const samples = await measure(
      timed.map((prepared) => ({ warm: false, time: (milliseconds: number) => prepared.time(milliseconds) })),
      budget,
    );
    const bytes = bytesMoved(task.operation, viewOf(workload.case), workload.case.dtype);
    return compared.map(({ implementation, prepared, agreement }) => {
      const own = samples[timed.indexOf(prepared)]?.flat();
      const timing = own === undefined ? null : timingOf(own, bytes);
      return {
        implementation: implementation.name,
        case: workload.case,
        operation: task.operation,
        ...agreement,
        timing,
      };
    });
  } finally {
    for (const prepared of ready) await prepared.dispose();
  }
}

function timingOf(samples: readonly number[], bytes: number): Timing {
  const spread = spreadOf(samples);
  return { ...spread, samples, gigabytesPerSecond: gigabytesPerSecond(bytes, spread.median) };
}
