import { sizeOf } from "@batchnorm/core";
import { max, median, quantile } from "simple-statistics";
import { viewOf } from "../cases/schema.js";
import { type TimedOperation, timedOperations } from "../operations.js";
import { bytesOf } from "../traffic.js";
import { fastestBackend, medianOf } from "./derive.js";
import type { BenchmarkResult, ResultGroup } from "./schema.js";

/** Tensors of this size, in bytes, are neither all overhead nor beyond the caches. */
const sizes = { least: 2 ** 15, most: 13e6 };

/** What an element of x costs the fastest of our backends on tensors of more than two dimensions, over all such cases. */
export interface ElementCosts {
  readonly operation: TimedOperation;
  readonly layout: ResultGroup["case"]["layout"];
  readonly cases: number;
  /** nanoseconds: a tenth of the cases takes less, half, a tenth more */
  readonly nanoseconds: { readonly low: number; readonly median: number; readonly high: number };
  /** how many times as long as the fastest of the peers */
  readonly behind: { readonly median: number; readonly most: number };
}

/** For each operation and layout, beside some peers; float32, without ReLU and with fresh results. */
export function elementCosts(result: BenchmarkResult, peers: readonly string[]): ElementCosts[] {
  const layouts = ["channels-first", "channels-last"] as const;
  return timedOperations.flatMap((operation) =>
    layouts.flatMap((layout) => {
      const costs = result.groups
        .filter((group) => group.operation === operation && group.case.layout === layout && isTypical(group))
        .flatMap((group) => costOf(result, group, peers));
      if (costs.length === 0) return [];
      const nanoseconds = costs.map((cost) => cost.nanoseconds);
      const behind = costs.map((cost) => cost.behind);
      const [low, high] = [quantile(nanoseconds, 0.1), quantile(nanoseconds, 0.9)];
      return [
        {
          operation,
          layout,
          cases: costs.length,
          nanoseconds: { low, median: median(nanoseconds), high },
          behind: { median: median(behind), most: max(behind) },
        },
      ];
    }),
  );
}

function isTypical({ case: kase, activation, outputs }: ResultGroup): boolean {
  const bytes = bytesOf(viewOf(kase), kase.dtype);
  const usual = activation === null && outputs === "fresh" && kase.dtype === "float32" && kase.shape.length > 2;
  return usual && bytes >= sizes.least && bytes <= sizes.most;
}

/** Nothing where one of our backends or all of the peers were not timed. */
function costOf(result: BenchmarkResult, group: ResultGroup, peers: readonly string[]) {
  const best = fastestBackend(result, group);
  const own = best === null ? null : medianOf(group, best);
  const others = peers.flatMap((peer) => medianOf(group, peer) ?? []);
  if (own === null || others.length === 0) return [];
  return [{ nanoseconds: (own * 1e6) / sizeOf(group.case.shape), behind: own / Math.min(...others) }];
}
