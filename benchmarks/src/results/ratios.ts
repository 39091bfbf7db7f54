import { max, median } from "simple-statistics";
import { caseId } from "../cases/id.js";
import { type TimedOperation, timedOperations } from "../operations.js";
import { fastestBackend, ratioOf } from "./derive.js";
import type { BenchmarkResult } from "./schema.js";

/** How many times as long a peer takes as the fastest of our backends, over all cases of one operation. */
export interface PeerRatios {
  readonly operation: TimedOperation;
  readonly peer: string;
  /** how many cases both were timed on */
  readonly cases: number;
  /** where we are the slowest beside it */
  readonly least: { readonly ratio: number; readonly case: string };
  readonly median: number;
  readonly most: number;
}

/** Every peer on every operation as users write it, without ReLU and with fresh results; those never timed are left out. */
export function peerRatios(result: BenchmarkResult): PeerRatios[] {
  const peers = result.contestants.filter(({ kind }) => kind === "peer");
  return timedOperations.flatMap((operation) =>
    peers.flatMap(({ name }) => {
      const ratios = result.groups.flatMap((group) => {
        if (group.operation !== operation || group.activation !== null || group.outputs !== "fresh") return [];
        const best = fastestBackend(result, group);
        const ratio = best === null ? null : ratioOf(group, name, best);
        return ratio === null ? [] : [{ ratio, case: caseId(group.case) }];
      });
      const [first, ...others] = ratios;
      if (first === undefined) return [];
      const values = ratios.map(({ ratio }) => ratio);
      return {
        operation,
        peer: name,
        cases: values.length,
        least: others.reduce((least, one) => (one.ratio < least.ratio ? one : least), first),
        median: median(values),
        most: max(values),
      };
    }),
  );
}
