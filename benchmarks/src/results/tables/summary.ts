import { caseId } from "../../cases/id.js";
import { operationNames } from "../../operations.js";
import { networkCosts } from "../network.js";
import type { BenchmarkResult, ResultGroup } from "../schema.js";
import { networkTable, ratioLegend, sumLegend } from "./networks.js";
import { runLine } from "./run.js";
import { shapeTable } from "./shapes.js";

/** The network and batch that stand for all. */
const network = { set: "resnet50", batch: 32 };

/** The cases that stand for all: an early and a late feature map, a dense layer, a volume. */
export const summaryCases: readonly string[] = [
  "resnet50/b32/64x56x56/channels-first",
  "resnet50/b32/64x56x56/channels-last",
  "resnet50/b32/2048x7x7/channels-last",
  "dense/b256/512",
  "video/b2/64x16x56x56/channels-first",
];

const summaryOperations = ["step", "infer"] as const;

/** The short of a result: what a ResNet-50's batch norms cost, a few shapes, and where that was. */
export function summaryTables(result: BenchmarkResult): string {
  const costs = networkCosts(result).filter(
    (cost) => cost.network.set === network.set && cost.batch === network.batch && isUsual(cost),
  );
  const name = costs[0]?.network.name;
  const shapes = summaryOperations.flatMap((operation) => {
    const groups = result.groups.filter(
      (group) => group.operation === operation && isUsual(group) && summaryCases.includes(caseId(group.case)),
    );
    return groups.length === 0 ? [] : [`**${titled(operationNames[operation])}**\n\n${shapeTable(result, groups)}`];
  });
  return [
    ...(name === undefined
      ? []
      : [`**All batch norms of ${name}, batch ${network.batch}**\n\n${networkTable(result, costs)}`]),
    ...shapes,
    [
      ...(name === undefined ? [] : [sumLegend]),
      ...(shapes.length === 0 ? [] : ["A shape's is the median, give or take half the distance of the quartiles."]),
      `${ratioLegend} ${runLine(result)}`,
    ].join(" "),
  ].join("\n\n");
}

function isUsual({
  operation,
  activation,
  outputs,
}: Pick<ResultGroup, "operation" | "activation" | "outputs">): boolean {
  return summaryOperations.some((one) => one === operation) && activation === null && outputs === "fresh";
}

function titled(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
