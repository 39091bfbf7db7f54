import { formatRatio, formatTime, operationNames, shapeOf } from "@batchnorm/timing";
import * as Plot from "@observablehq/plot";
import { casesOf, measurementOf, peersOf } from "../lookup.js";
import { type Report, type ReportOperation, reportOperations } from "../schema.js";
import { draw, type Point, points, rowLabels, rowsLayout } from "./chart.js";
import { type Html, html } from "./html.js";
import { seriesOf } from "./series.js";

interface TimePoint extends Point {
  readonly lower: number;
  readonly upper: number;
}

/** A chart for each operation: a row for each shape, its backends and peers on one scale of time, the same in all. */
export function timeCharts(report: Report): Html {
  const all = reportOperations.map((operation) => ({ operation, points: timePoints(report, operation) }));
  const domain = decades(all.flatMap((one) => one.points.flatMap(({ lower, upper }) => [lower, upper])));
  if (domain === null) return html`<p>Nothing was timed.</p>`;
  return html`${all.map(
    (one) => html`<figure class="card">
<figcaption>${capital(operationNames[one.operation])}</figcaption>
${timeChart(report, one.operation, one.points, domain)}
</figure>
`,
  )}`;
}

function timePoints(report: Report, operation: ReportOperation): TimePoint[] {
  return casesOf(report).flatMap((testCase, row) =>
    seriesOf(report).flatMap((series) => {
      const timing = measurementOf(report, series.name, testCase, operation)?.timing;
      if (timing == null) return [];
      const { median, lower, upper } = timing;
      const title = `${series.name}: ${formatTime(median)} (half of all runs from ${formatTime(lower)} to ${formatTime(upper)})`;
      return [{ row, series, value: median, lower, upper, title }];
    }),
  );
}

function timeChart(report: Report, operation: ReportOperation, of: readonly TimePoint[], domain: Domain): Html {
  const labels = casesOf(report).map((testCase, row) => ({
    left: shapeOf(testCase),
    right: fastestOf(report, of, row),
  }));
  const ticks = powersOfTen(domain);
  return draw(describe(report, operation, of), {
    ...rowsLayout(labels.length),
    x: { type: "log", domain },
    marks: [
      Plot.gridX(ticks, { stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisX(ticks, { tickFormat: tickOf, tickSize: 0, fill: "var(--muted)", label: null }),
      ...of.map(({ row, series, lower, upper }) =>
        Plot.ruleY([row], { y: row, x1: lower, x2: upper, stroke: series.color, strokeWidth: 7, strokeOpacity: 0.4 }),
      ),
      ...points(of),
      ...rowLabels(labels),
    ],
  });
}

/** How many times as fast as the first peer the fastest backend of a row is. */
function fastestOf(report: Report, of: readonly TimePoint[], row: number): string {
  const own = of.filter((point) => point.row === row && !point.series.peer).sort((a, b) => a.value - b.value);
  const peer = of.find((point) => point.row === row && point.series.name === peersOf(report)[0]?.name);
  const [fastest] = own;
  if (fastest === undefined || peer === undefined) return "";
  return `${formatRatio(peer.value / fastest.value)}×`;
}

function describe(report: Report, operation: ReportOperation, of: readonly TimePoint[]): string {
  const rows = casesOf(report).map((testCase, row) => {
    const times = of.filter((point) => point.row === row);
    return `${shapeOf(testCase)}: ${times.map(({ series, value }) => `${series.name} ${formatTime(value)}`).join(", ")}`;
  });
  return `Median time of one ${operationNames[operation]} by shape and backend. ${rows.join("; ")}.`;
}

type Domain = readonly [number, number];

/** The powers of ten around values; null without a value. */
function decades(values: readonly number[]): Domain | null {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return null;
  return [10 ** Math.floor(Math.log10(Math.min(...positive))), 10 ** Math.ceil(Math.log10(Math.max(...positive)))];
}

function powersOfTen([from, to]: Domain): number[] {
  const first = Math.round(Math.log10(from));
  return Array.from({ length: Math.round(Math.log10(to)) - first + 1 }, (_, power) => 10 ** (first + power));
}

/** `10 µs`, of milliseconds that are a power of ten */
function tickOf(milliseconds: number): string {
  const units = ["ns", "µs", "ms", "s"];
  const power = Math.round(Math.log10(milliseconds)) + 6;
  const unit = Math.min(Math.max(Math.floor(power / 3), 0), units.length - 1);
  return `${10 ** (power - 3 * unit)} ${units[unit]}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
