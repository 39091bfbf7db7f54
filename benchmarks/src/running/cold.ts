import { agreementOf, referenceOf } from "../agreement.js";
import type { BenchmarkCase } from "../cases/schema.js";
import type { Results } from "../contestants/contestant.js";
import type { Fresh } from "../contestants/open.js";
import { plain, type TimedOperation } from "../operations.js";
import type { BenchmarkResult } from "../results/schema.js";
import { workloadOf } from "../workload.js";

/**
 * The first run of an operation in a process that has done nothing else, and the memory that it holds beyond inputs and
 * results: nothing is compiled yet, no memory was freed before that could be used again.
 *
 * @returns null where the contestant has no such operation, fails, or disagrees with the specification: then it does in
 * its turns as well, which say why
 */
export async function coldRun(
  { open }: Fresh,
  kase: BenchmarkCase,
  operation: TimedOperation,
): Promise<BenchmarkResult["cold"][number] | null> {
  const contestant = await open();
  if ("reason" in contestant) return null;
  try {
    const workload = workloadOf(kase);
    const prepared = await contestant.prepare(workload, plain(operation));
    const { milliseconds, peakBytes: peak, results } = await prepared.first();
    if (!agreementOf(contestant, results, referenceOf(workload, plain(operation))).agrees) return null;
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
