import { formatRatio, formatTime } from "../../format.js";
import { operationNames, taskName } from "../../operations.js";
import { notMeasured } from "../derive.js";
import { type NetworkCost, networkCosts } from "../network.js";
import type { BenchmarkResult } from "../schema.js";
import { groupBy, nothing, table } from "./markdown.js";

/** What the ratios in brackets are. */
export const ratioLegend = "In brackets: how many times as long it takes as the fastest of our backends.";

/** What the times of a network are. */
export const sumLegend = "A network's time is the sum of its batch norms' medians, each as often as it occurs.";

/** For each network, batch, type and way: a row for each contestant, a column for each operation and layout. */
export function networkTables(result: BenchmarkResult): string {
  const parts = groupBy(networkCosts(result), partOf);
  const tables = [...parts].map(([title, costs]) => `**${title}**\n\n${networkTable(result, costs)}`);
  return [`${sumLegend} ${ratioLegend}`, ...tables].join("\n\n");
}

/** The costs of one network as a table, with a line for each contestant that lacks some. */
export function networkTable(result: BenchmarkResult, costs: readonly NetworkCost[]): string {
  const columns = [...groupBy(costs, columnOf).values()];
  const contestants = result.contestants.map(({ name }) => name).filter((name) => competed(name, costs));
  const rows = contestants.map((name) => [name, ...columns.map((column) => cellOf(result, column, name))]);
  const head = columns.map(([{ operation, layout }]) => `${operationNames[operation]}, ${layout.replace("-", " ")}`);
  const notes = contestants.flatMap((name) => missingNote(name, costs));
  return [table(["contestant", ...head], rows), ...(notes.length === 0 ? [] : [notes.join("\n")])].join("\n\n");
}

/** Whether a contestant was asked at all: those on several threads are only asked for some sets. */
function competed(name: string, costs: readonly NetworkCost[]): boolean {
  return costs.some(
    ({ contestant, milliseconds, missing }) =>
      contestant === name && (milliseconds !== null || missing.some(({ reason }) => reason !== notMeasured)),
  );
}

/** `ResNet-50, batch 32`; types and ways that are not the usual ones are named */
function partOf({ network, batch, dtype, activation, outputs }: NetworkCost): string {
  const way = taskName({ operation: "step", activation, outputs }).slice(operationNames.step.length);
  return `${network.name}, batch ${batch}${dtype === "float32" ? "" : `, ${dtype}`}${way}`;
}

function columnOf({ operation, layout }: NetworkCost): string {
  return `${operation} ${layout}`;
}

function cellOf({ contestants }: BenchmarkResult, column: readonly NetworkCost[], name: string): string {
  const time = (of: string) => column.find(({ contestant }) => contestant === of)?.milliseconds ?? null;
  const own = time(name);
  if (own === null) return nothing;
  const backends = contestants.filter(({ kind }) => kind === "backend").map((backend) => time(backend.name));
  const best = Math.min(...backends.filter((other) => other !== null));
  return best === Number.POSITIVE_INFINITY ? formatTime(own) : `${formatTime(own)} (${formatRatio(own / best)}×)`;
}

function missingNote(name: string, costs: readonly NetworkCost[]): string[] {
  const missing = costs.filter(({ contestant }) => contestant === name).flatMap((cost) => cost.missing);
  const [first] = missing;
  if (first === undefined) return [];
  const cases = new Set(missing.map((one) => one.case)).size;
  const reasons = [...new Set(missing.map(({ reason }) => reason))];
  const more = reasons.length > 1 ? `, and ${reasons.length - 1} more reasons` : "";
  return [
    `- ${name}: ${nothing} where a case has no time, of ${cases} in all, such as ${first.case} (${reasons[0]}${more})`,
  ];
}
