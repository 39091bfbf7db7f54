import { formatRatio } from "../../format.js";
import { operationNames } from "../../operations.js";
import { elementCosts } from "../per-element.js";
import type { BenchmarkResult } from "../schema.js";
import { table } from "./markdown.js";
import { pytorchPeers } from "./worst.js";

/** What an element costs in the caches, by operation and layout. */
export function elementTable(result: BenchmarkResult): string {
  const rows = elementCosts(result, pytorchPeers).map(({ operation, layout, cases, nanoseconds, behind }) => [
    operationNames[operation],
    layout.replace("-", " "),
    String(cases),
    `${nanoseconds.median.toPrecision(2)} ns`,
    `${nanoseconds.low.toPrecision(2)} to ${nanoseconds.high.toPrecision(2)} ns`,
    `${formatRatio(behind.median)}×`,
    `${formatRatio(behind.most)}×`,
  ]);
  if (rows.length === 0) return "PyTorch was not timed beside one of our backends on tensors of such sizes.";
  const legend =
    "What an element costs the fastest of our backends on tensors of 32 KB to 13 MB with more than two dimensions, and how many times as long that is as PyTorch on one thread, with whichever memory it is faster.";
  const head = ["operation", "layout", "cases", "per element", "four in five", "as long, median", "at most"];
  return `${legend}\n\n${table(head, rows)}`;
}
