import { formatRatio } from "../../format.js";
import { operationNames } from "../../operations.js";
import { peerRatios } from "../ratios.js";
import type { BenchmarkResult } from "../schema.js";
import { table } from "./markdown.js";

/** For each operation and peer: the least, the median and the largest ratio over all cases. */
export function ratioTable(result: BenchmarkResult): string {
  const rows = peerRatios(result).map(({ operation, peer, cases, least, median, most }) => [
    operationNames[operation],
    peer,
    String(cases),
    `${formatRatio(least.ratio)}× (${least.case})`,
    `${formatRatio(median)}×`,
    `${formatRatio(most)}×`,
  ]);
  if (rows.length === 0) return "No peer was timed beside one of our backends.";
  const legend =
    "How many times as long a peer takes as the fastest of our backends, over all cases without ReLU and with fresh results: below 1 it is faster.";
  return `${legend}\n\n${table(["operation", "peer", "cases", "least, at", "median", "most"], rows)}`;
}
