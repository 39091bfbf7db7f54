import { layouts } from "@batchnorm/core/checks";
import { formatRatio } from "../../format.js";
import { operationNames } from "../../operations.js";
import { engineRatios } from "../engine-ratios.js";
import type { BenchmarkResult } from "../schema.js";
import { folded, nothing, table } from "./markdown.js";
import { runLine } from "./run.js";
import { shapeTable } from "./shapes.js";

const operations = ["step", "infer"] as const;

/** The short of it: the least and the median ratio of each backend, over all cases of both layouts. */
export function engineSummary(result: BenchmarkResult): string {
  const [steps, inferences] = operations.map((operation) => engineRatios(result, operation, null));
  const rows = (steps ?? []).map(({ backend, cases, least, median }) => {
    const inference = inferences?.find((one) => one.backend === backend);
    return [
      backend,
      String(cases),
      `${formatRatio(least.ratio)}×`,
      `${formatRatio(median)}×`,
      inference === undefined ? nothing : `${formatRatio(inference.least.ratio)}×`,
      inference === undefined ? nothing : `${formatRatio(inference.median)}×`,
    ];
  });
  if (rows.length === 0) return noneBeside;
  const head = ["backend", "shapes", "training step, least", "median", "inference, least", "median"];
  return `${table(head, rows)}\n\n${runLine(result)}`;
}

const noneBeside = "No backend was timed beside TensorFlow.js alone on its engine.";

/** Our backend on every engine against TensorFlow.js alone: ratios over all cases, then every time. */
export function engineTables(result: BenchmarkResult): string {
  const rows = operations.flatMap((operation) =>
    layouts.flatMap((layout) =>
      engineRatios(result, operation, layout).map(({ backend, cases, least, median, most }) => [
        operationNames[operation],
        layout.replace("-", " "),
        backend,
        String(cases),
        `${formatRatio(least.ratio)}× (${least.case})`,
        `${formatRatio(median)}×`,
        `${formatRatio(most)}×`,
      ]),
    ),
  );
  if (rows.length === 0) return noneBeside;
  const legend =
    "How many times as long TensorFlow.js alone takes (tf.moments, tf.batchNorm and the gradient of both) as our backend on the same engine, over the cases on which both were timed, without ReLU.";
  const every = operations.map((operation) => {
    const groups = result.groups.filter((group) => group.operation === operation);
    return folded(`every shape: ${operationNames[operation]}`, shapeTable(result, groups));
  });
  return [
    legend,
    table(["operation", "layout", "backend", "cases", "least, at", "median", "most"], rows),
    ...every,
    runLine(result),
  ].join("\n\n");
}
