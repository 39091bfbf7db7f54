import { layouts } from "@batchnorm/core";
import { formatRatio } from "../../format.js";
import { operationNames } from "../../operations.js";
import { engineRatios } from "../engine-ratios.js";
import type { BenchmarkResult } from "../schema.js";
import { folded, table } from "./markdown.js";
import { runLine } from "./run.js";
import { shapeTable } from "./shapes.js";

const operations = ["step", "infer"] as const;

/** Whether a table is made of a result of the engines' profile. */
export function isOfEngines(block: string): boolean {
  return block === "engines";
}

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
  if (rows.length === 0) return "No backend was timed beside TensorFlow.js alone on its engine.";
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
