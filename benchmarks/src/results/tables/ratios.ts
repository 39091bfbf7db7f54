import { formatRatio, operationNames } from "@batchnorm/timing";
import { pairRatios } from "../ratios.js";
import type { BenchmarkResult } from "../schema.js";
import { table } from "./markdown.js";

/** Each backend beside its peers: the least, the median and the largest ratio over all cases. */
export function ratioTable(result: BenchmarkResult): string {
  const rows = pairRatios(result).map(({ operation, outputs, backend, peer, cases, least, median, most }) => [
    operationNames[operation],
    outputs,
    backend,
    peer,
    String(cases),
    `${formatRatio(least.ratio)}× (${least.case})`,
    `${formatRatio(median)}×`,
    `${formatRatio(most)}×`,
  ]);
  if (rows.length === 0) return "No peer was timed beside one of our backends.";
  const legend =
    "How many times as long the peer takes as the backend, without ReLU, over the cases on which both were timed: below 1 the peer is faster. A peer has as many threads as the backend where it can.";
  return `${legend}\n\n${table(["operation", "results", "backend", "peer", "cases", "least, at", "median", "most"], rows)}`;
}
