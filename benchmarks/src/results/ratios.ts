import type { BenchmarkCase, ResultGroup, ResultImplementation } from "@batchnorm/timing";
import { caseId, medianOf, outputKinds, type TimedOperation, timedOperations } from "@batchnorm/timing";
import { max, median } from "simple-statistics";
import type { BenchmarkResult } from "./schema.js";

/** How many times as long a peer takes as one of our backends, over the cases on which both were timed without ReLU. */
export interface PairRatios {
  readonly operation: TimedOperation;
  readonly outputs: ResultGroup["outputs"];
  readonly backend: string;
  readonly peer: string;
  /** how many cases */
  readonly cases: number;
  /** where the peer is the fastest beside the backend */
  readonly least: { readonly ratio: number; readonly case: string };
  readonly median: number;
  readonly most: number;
}

/** Every backend beside its peers, by operation; those never timed together are left out. */
export function pairRatios(result: BenchmarkResult): PairRatios[] {
  const pairs = pairsOf(result.implementations);
  return timedOperations.flatMap((operation) =>
    outputKinds.flatMap((outputs) =>
      pairs.flatMap(([backend, peer]) => {
        const ratios = result.groups
          .filter((group) => group.operation === operation && group.outputs === outputs && group.activation === null)
          .flatMap((group) => ratioIn(result, group, backend, peer));
        return ratios.length === 0 ? [] : { operation, outputs, backend, peer, ...rangeOf(ratios) };
      }),
    ),
  );
}

/** `wasm`, of `wasm 2 threads` */
export function nameWithoutThreads(name: string): string {
  return name.replace(/ \d+ threads$/, "");
}

/** On an engine of TensorFlow.js the baseline on that engine, otherwise all; on as many threads where the peer has them. */
function pairsOf(all: readonly ResultImplementation[]): [backend: string, peer: string][] {
  const peersOf = (backend: ResultImplementation) => {
    const engine = nameWithoutThreads(backend.name).replace("tfjs-cpu-cpu", "tfjs-cpu");
    const baseline = engine.startsWith("tfjs-") ? `baseline ${engine}` : undefined;
    return all.filter(({ kind, name, threads }) => {
      const own = nameWithoutThreads(name);
      if (kind !== "peer" || (baseline !== undefined && baseline !== own)) return false;
      const variants = all.filter((one) => nameWithoutThreads(one.name) === own);
      return threads === backend.threads || variants.every((one) => one.threads !== backend.threads);
    });
  };
  const backends = all.filter(({ kind }) => kind === "backend");
  return backends.flatMap((backend) => peersOf(backend).map(({ name }): [string, string] => [backend.name, name]));
}

interface CaseRatio {
  readonly ratio: number;
  readonly case: BenchmarkCase;
}

/** Where results are reused, PyTorch, which cannot, takes part with fresh ones, from memory that its malloc retained. */
function ratioIn(result: BenchmarkResult, group: ResultGroup, backend: string, peer: string): CaseRatio[] {
  const fresh = result.groups.find(
    (other) =>
      nameWithoutThreads(peer).endsWith("malloc retained") &&
      other.outputs === "fresh" &&
      other.operation === group.operation &&
      other.activation === null &&
      caseId(other.case) === caseId(group.case),
  );
  const mine = medianOf(group, backend);
  const theirs = medianOf(group, peer) ?? (fresh === undefined ? null : medianOf(fresh, peer));
  return mine === null || theirs === null ? [] : [{ ratio: theirs / mine, case: group.case }];
}

function rangeOf(ratios: readonly CaseRatio[]) {
  const values = ratios.map(({ ratio }) => ratio);
  const least = ratios.reduce((one, other) => (other.ratio < one.ratio ? other : one));
  return {
    cases: values.length,
    least: { ratio: least.ratio, case: caseId(least.case) },
    median: median(values),
    most: max(values),
  };
}
