import { formatRatio, formatShare, formatTime, notMeasured, operationNames, taskName } from "@batchnorm/timing";
import { type NetworkCost, networkCosts } from "../network.js";
import type { BenchmarkResult } from "../schema.js";
import { groupBy, nothing, table } from "./markdown.js";

/** What the ratios in brackets are. */
const ratioLegend = "In brackets: how many times as long it takes as the fastest of our backends.";

/** What the times of a network are. */
const sumLegend =
  "A network's time is the sum of its batch norms' medians, each as often as it occurs, give or take half the distance of the quartiles of the rounds' sums.";

/** For each network, batch, type and way of which all was timed: a row for each implementation, a column for each operation and layout. */
export function networkTables(result: BenchmarkResult): string {
  const parts = [...groupBy(networkCosts(result), partOf)].filter(([, costs]) => wholeColumns(costs).length > 0);
  if (parts.length === 0) return "No network was timed as a whole.";
  const tables = parts.map(([title, costs]) => `**${title}**\n\n${networkTable(result, costs)}`);
  return [`${sumLegend} ${ratioLegend}`, ...tables].join("\n\n");
}

/** The costs of one network as a table, with a line for each implementation that lacks some. */
function networkTable(result: BenchmarkResult, costs: readonly NetworkCost[]): string {
  const columns = wholeColumns(costs);
  const shown = columns.flat();
  const implementations = result.implementations.map(({ name }) => name).filter((name) => competed(name, shown));
  const rows = implementations.map((name) => [name, ...columns.map((column) => cellOf(result, column, name))]);
  const head = columns.map(([{ operation, layout }]) => `${operationNames[operation]}, ${layout.replace("-", " ")}`);
  const notes = implementations.flatMap((name) => missingNote(name, shown));
  return [table(["implementation", ...head], rows), ...(notes.length === 0 ? [] : [notes.join("\n")])].join("\n\n");
}

/** The costs by operation and layout, but for those of which nobody was timed on the whole network. */
function wholeColumns(costs: readonly NetworkCost[]) {
  return [...groupBy(costs, columnOf).values()].filter((column) =>
    column.some(({ milliseconds }) => milliseconds !== null),
  );
}

/** Whether an implementation was asked at all: those on several threads are only asked for some sets. */
function competed(name: string, costs: readonly NetworkCost[]): boolean {
  return costs.some(
    ({ implementation, milliseconds, missing }) =>
      implementation === name && (milliseconds !== null || missing.some(({ reason }) => reason !== notMeasured)),
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

function cellOf({ implementations }: BenchmarkResult, column: readonly NetworkCost[], name: string): string {
  const costOf = (of: string) => column.find(({ implementation }) => implementation === of);
  const { milliseconds, spread } = costOf(name) ?? {};
  if (milliseconds == null || spread == null) return nothing;
  const text = `${formatTime(milliseconds)} ±${formatShare(spread)}`;
  const backends = implementations.filter(({ kind }) => kind === "backend");
  const times = backends.flatMap((backend) => costOf(backend.name)?.milliseconds ?? []);
  return times.length === 0 ? text : `${text} (${formatRatio(milliseconds / Math.min(...times))}×)`;
}

function missingNote(name: string, costs: readonly NetworkCost[]): string[] {
  const missing = costs.filter(({ implementation }) => implementation === name).flatMap((cost) => cost.missing);
  const [first] = missing;
  if (first === undefined) return [];
  const cases = new Set(missing.map((one) => one.case)).size;
  const others = new Set(missing.map(({ reason }) => reason)).size - 1;
  const more = others === 0 ? "" : others === 1 ? ", and one more reason" : `, and ${others} more reasons`;
  return [
    `- ${name}: ${nothing} where a case has no time, of ${cases} in all, such as ${first.case} (${first.reason}${more})`,
  ];
}
