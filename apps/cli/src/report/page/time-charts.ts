import { formatRatio, formatTime, operationNames, shapeOf } from "@batchnorm/timing";
import { casesOf, measurementOf, peersOf } from "../lookup.js";
import { type Report, type ReportOperation, reportOperations } from "../schema.js";
import { decades, type Point, rowChart } from "./chart.js";
import { type Html, html } from "./html.js";
import type { Series } from "./series.js";

/** A chart for each operation, a row for each shape, all on the same scale of time. */
export function timeCharts(report: Report, series: readonly Series[]): Html {
  const all = reportOperations.map((operation) => ({ operation, points: timePoints(report, series, operation) }));
  const domain = decades(all.flatMap(({ points }) => points.flatMap(({ band }) => band ?? [])));
  if (domain === null) return html`<p>Nothing was timed.</p>`;
  return html`${all.map(({ operation, points }) => {
    const name = operationNames[operation];
    const rows = casesOf(report).map((testCase, row) => ({
      left: shapeOf(testCase),
      right: fastestOf(report, points, row),
    }));
    return html`<figure class="card">
<figcaption>${name.charAt(0).toUpperCase() + name.slice(1)}</figcaption>
${rowChart(`Median time of one ${name} by shape and backend`, rows, points, domain, tickOf)}
</figure>
`;
  })}`;
}

function timePoints(report: Report, all: readonly Series[], operation: ReportOperation): Point[] {
  return casesOf(report).flatMap((testCase, row) =>
    all.flatMap((series): Point[] => {
      const timing = measurementOf(report, series.name, testCase, operation)?.timing;
      if (timing == null) return [];
      const { median, lower, upper } = timing;
      return [{ row, series, value: median, band: [lower, upper], text: formatTime(median) }];
    }),
  );
}

/** How many times as fast as the first peer the fastest backend of a row is. */
function fastestOf(report: Report, points: readonly Point[], row: number): string {
  const own = points.filter((point) => point.row === row);
  const times = own.flatMap(({ series, value }) => (series.peer || value === null ? [] : [value]));
  const peer = own.find(({ series }) => series.name === peersOf(report)[0]?.name);
  return times.length === 0 || peer?.value == null ? "" : `${formatRatio(peer.value / Math.min(...times))}×`;
}

/** `10 µs`, of milliseconds that are a power of ten */
function tickOf(milliseconds: number): string {
  const units = ["ns", "µs", "ms", "s"];
  const power = Math.round(Math.log10(milliseconds)) + 6;
  const unit = Math.min(Math.max(Math.floor(power / 3), 0), units.length - 1);
  return `${10 ** (power - 3 * unit)} ${units[unit]}`;
}
