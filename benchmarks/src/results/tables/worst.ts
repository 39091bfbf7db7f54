import { shapeOf } from "../../cases/schema.js";
import { formatRatio } from "../../format.js";
import { operationNames } from "../../operations.js";
import { worstCases } from "../ratios.js";
import type { BenchmarkResult } from "../schema.js";
import { table } from "./markdown.js";

/** Vector code on one thread, with either handling of memory. */
export const pytorchPeers: readonly string[] = ["pytorch", "pytorch kept"];

const perOperation = 4;

/** For each operation the cases on which PyTorch leaves us furthest behind. */
export function worstTable(result: BenchmarkResult): string {
  const worst = worstCases(result, pytorchPeers, perOperation);
  if (worst.length === 0) return "PyTorch was not timed beside one of our backends.";
  const legend =
    "How many times as long the fastest of our backends takes as PyTorch on one thread, with whichever memory it is faster: the worst of each operation, over all cases without ReLU and with fresh results.";
  const rows = worst.map(({ operation, case: kase, peer, ratio }) => [
    operationNames[operation],
    `${shapeOf(kase)}${kase.dtype === "float32" ? "" : `, ${kase.dtype}`}`,
    `${formatRatio(1 / ratio)}×`,
    peer,
  ]);
  return `${legend}\n\n${table(["operation", "shape", "as long", "as"], rows)}`;
}
