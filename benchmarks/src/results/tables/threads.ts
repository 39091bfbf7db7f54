import { viewOf } from "../../cases/schema.js";
import { formatRatio, formatShare } from "../../format.js";
import { operationNames, timedOperations } from "../../operations.js";
import { bytesOf } from "../../traffic.js";
import type { BenchmarkResult } from "../schema.js";
import { onAllThreads, rooflineRange, teamRatios } from "../team-ratios.js";
import { folded, table } from "./markdown.js";
import { runLine } from "./run.js";
import { shapeTable } from "./shapes.js";

/** Larger than the second-level caches of two cores of most machines. */
const beyondCaches = 8e6;

/** The wasm backend on all cores beside PyTorch, ONNX Runtime, TensorFlow.js and backend-cpu; then every time. */
export function threadTables(result: BenchmarkResult): string {
  const rows = teamRatios(result).map(({ operation, one, other, outputs, cases, least, median, most }) => [
    operationNames[operation],
    one,
    other,
    outputs,
    String(cases),
    `${formatRatio(least.ratio)}× (${least.case})`,
    `${formatRatio(median)}×`,
    `${formatRatio(most)}×`,
  ]);
  if (rows.length === 0) return "The wasm backend was timed beside nobody.";
  const legend =
    "How many times as long the second takes as the first, over the cases on which both were timed, without ReLU.";
  const every = timedOperations.flatMap((operation) =>
    (["fresh", "reused"] as const).flatMap((outputs) => {
      const groups = result.groups.filter((group) => group.operation === operation && group.outputs === outputs);
      if (groups.length === 0) return [];
      return folded(`every shape: ${operationNames[operation]}, results ${outputs}`, shapeTable(result, groups));
    }),
  );
  return [
    legend,
    table(["operation", "first", "second", "results", "cases", "least, at", "median", "most"], rows),
    "The share of the roofline that it reaches beyond the caches (8 MB and more): the counted traffic at the speed of a copy on as many threads.",
    rooflineTable(result),
    ...every,
    runLine(result),
  ].join("\n\n");
}

/** The short of it: the least and the median ratio, for README.md. */
export function threadSummary(result: BenchmarkResult): string {
  const rows = teamRatios(result)
    .filter(({ operation, one }) => one !== "wasm" && operation !== "step")
    .filter(({ other }) => other !== "wasm")
    .map(({ operation, one, other, outputs, cases, least, median }) => [
      operationNames[operation],
      `${other}, results ${outputs}`,
      one,
      String(cases),
      `${formatRatio(least.ratio)}×`,
      `${formatRatio(median)}×`,
    ]);
  if (rows.length === 0) return "The wasm backend was timed beside nobody.";
  return `${table(["operation", "takes", "as long as", "shapes", "least", "median"], rows)}\n\n${runLine(result)}`;
}

function rooflineTable(result: BenchmarkResult): string {
  const isLarge = (kase: Parameters<typeof viewOf>[0]) => bytesOf(viewOf(kase), kase.dtype) >= beyondCaches;
  const rows = [...new Set(["wasm", onAllThreads(result, "wasm")])].flatMap((contestant) =>
    (["train", "backward", "infer"] as const).flatMap((operation) => {
      const range = rooflineRange(result, contestant, operation, isLarge);
      if (range === null) return [];
      const { cases, least, median, most } = range;
      const shown = [
        String(cases),
        `${formatShare(least.ratio)} (${least.case})`,
        formatShare(median),
        formatShare(most),
      ];
      return [[operationNames[operation], contestant, ...shown]];
    }),
  );
  return table(["operation", "contestant", "cases", "least, at", "median", "most"], rows);
}
