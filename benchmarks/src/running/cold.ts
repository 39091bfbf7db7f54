import type { Absent } from "@batchnorm/components";
import type { BenchmarkCase } from "../cases/schema.js";
import type { Contestant, Results } from "../contestants/contestant.js";
import { plain, type TimedOperation } from "../operations.js";
import type { BenchmarkResult } from "../results/schema.js";
import { workloadOf } from "../workload.js";

/**
 * The first run of an operation in a process that has done nothing else, and the memory that it holds beyond inputs and
 * results: nothing is compiled yet, no memory was freed before that could be used again.
 *
 * @returns null where the contestant has no such operation, or fails: then it does in its turns as well, which say why
 */
export async function coldRun(
  open: () => Promise<Contestant | Absent>,
  kase: BenchmarkCase,
  operation: TimedOperation,
): Promise<BenchmarkResult["cold"][number] | null> {
  const contestant = await open();
  if ("reason" in contestant) return null;
  try {
    const prepared = await contestant.prepare(workloadOf(kase), plain(operation));
    const { milliseconds, peakBytes: peak, results } = await prepared.first();
    const peakBytes = peak === null ? null : Math.max(0, peak - bytesOfResults(results));
    return { case: kase, operation, contestant: contestant.name, milliseconds, peakBytes };
  } catch {
    return null;
  } finally {
    await contestant.close?.();
  }
}

/** The bytes of results, as arrays of the type in which they came. */
function bytesOfResults(results: Results): number {
  return Object.values(results).reduce((sum, values) => sum + (ArrayBuffer.isView(values) ? values.byteLength : 0), 0);
}
