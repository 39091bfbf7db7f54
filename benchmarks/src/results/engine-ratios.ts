import type { BenchmarkCase } from "../cases/schema.js";
import type { TimedOperation } from "../operations.js";
import { ratioOf } from "./derive.js";
import { type CaseRatio, type RatioRange, rangeOf } from "./ratios.js";
import type { BenchmarkResult } from "./schema.js";

/** How many times as long TensorFlow.js alone takes as our backend on the same engine, over all cases of one operation. */
export interface EngineRatios extends RatioRange {
  readonly operation: TimedOperation;
  readonly backend: string;
}

/** What TensorFlow.js alone is called on the engine of one of our backends, by their names in a result without threads. */
const aloneOn: Readonly<Record<string, string>> = {
  "tfjs-cpu": "stock tfjs-cpu",
  "tfjs-cpu-cpu": "stock tfjs-cpu",
  "tfjs-wasm": "stock tfjs-wasm",
  "tfjs-tensorflow": "stock tfjs-tensorflow",
  "tfjs-tensorflow-onednn": "stock tfjs-tensorflow-onednn",
};

/**
 * Our backends on engines of TensorFlow.js, as users write it, on the cases on which both were timed.
 *
 * @param layout of the cases; null: both
 */
export function engineRatios(
  result: BenchmarkResult,
  operation: TimedOperation,
  layout: BenchmarkCase["layout"] | null,
): EngineRatios[] {
  return result.contestants.flatMap(({ name: backend, threads }) => {
    const ending = threads > 1 ? ` ${threads} threads` : "";
    const alone = aloneOn[backend.slice(0, backend.length - ending.length)];
    if (alone === undefined) return [];
    const ratios = result.groups.flatMap((group): CaseRatio[] => {
      const { activation, outputs } = group;
      if (group.operation !== operation || (layout !== null && group.case.layout !== layout)) return [];
      if (activation !== null || outputs !== "fresh") return [];
      const ratio = ratioOf(group, alone + ending, backend);
      return ratio === null ? [] : [{ ratio, case: group.case }];
    });
    const range = rangeOf(ratios);
    return range === null ? [] : { operation, backend, ...range };
  });
}
