import { operations } from "@batchnorm/conformance";
import type { DType } from "@batchnorm/core";
import { dtypes } from "@batchnorm/core/checks";
import { formatUlp } from "../../check/check-summary.js";
import { measurementsOf } from "../lookup.js";
import type { Report } from "../schema.js";
import { decades, type Point, rowChart } from "./chart.js";
import { type Html, html } from "./html.js";
import type { Series } from "./series.js";

/** Errors below it are drawn there: the scale is logarithmic. */
const least = 0.1;

/** A chart for each type, a row for each result, over all checks and the inputs of all timings. */
export function errorCharts(report: Report, series: readonly Series[]): Html {
  const rows = operations.map((result) => ({ left: result }));
  return html`${dtypes.map((dtype) => {
    const points = errorPoints(report, series, dtype);
    const domain = decades([least, 1, ...points.flatMap(({ value, bound }) => [value ?? least, bound ?? least])]);
    if (points.length === 0 || domain === null) return null;
    const tickOf = (ulp: number) => (ulp === least ? `≤ ${ulp}` : String(ulp)); // the caption has the unit
    return html`<figure class="card">
<figcaption>Worst error in ulp, ${dtype}</figcaption>
${rowChart(`Worst error in ulp by result and backend, ${dtype}`, rows, points, domain, tickOf)}
</figure>
`;
  })}`;
}

function errorPoints(report: Report, all: readonly Series[], dtype: DType): Point[] {
  const timed = dtype === "float32" ? measurementsOf(report) : [];
  return operations.flatMap((result, row) =>
    all.flatMap((series): Point[] => {
      const checked = report.checks
        .flatMap(({ rows }) => rows)
        .filter((one) => one.backend === series.name && one.dtype === dtype && one.operation === result);
      const errors = timed
        .filter(({ implementation }) => implementation === series.name)
        .flatMap((one) => one.errors.filter((error) => error.result === result));
      const ulps = [...checked, ...errors].map(({ ulp }) => ulp);
      if (ulps.length === 0) return [];
      const worst = ulps.includes(null) ? null : Math.max(...ulps.map((ulp) => ulp ?? 0));
      const value = worst === null ? null : Math.max(worst, least);
      const text = `${formatUlp(worst)} ulp`;
      if (checked.length === 0) return [{ row, series, value, text }];
      const bound = Math.max(...checked.map((one) => one.bound));
      return [{ row, series, value, bound, text: `${text} (bound ${bound})` }];
    }),
  );
}
