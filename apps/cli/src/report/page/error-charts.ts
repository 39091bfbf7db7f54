import { operations } from "@batchnorm/conformance";
import type { DType } from "@batchnorm/core";
import { dtypes } from "@batchnorm/core/checks";
import * as Plot from "@observablehq/plot";
import { formatUlp } from "../../check/check-summary.js";
import { measurementsOf } from "../lookup.js";
import type { Report } from "../schema.js";
import { draw, type Point, points, rowLabels, rowsLayout } from "./chart.js";
import { type Html, html } from "./html.js";
import { type Series, seriesOf } from "./series.js";

type Result = (typeof operations)[number];

/** The worst error of a series in one result. */
export interface WorstError {
  readonly series: Series;
  readonly dtype: DType;
  readonly result: Result;
  /** null: not finite */
  readonly ulp: number | null;
  /** null: a peer, which is held to none */
  readonly bound: number | null;
}

/** The worst errors over all checks, and over the inputs of all timings. */
export function worstErrors(report: Report): WorstError[] {
  return seriesOf(report).flatMap((series) =>
    dtypes.flatMap((dtype) =>
      operations.flatMap((result): WorstError[] => {
        const rows = report.checks
          .flatMap(({ rows }) => rows)
          .filter((row) => row.backend === series.name && row.dtype === dtype && row.operation === result);
        const timed =
          dtype !== "float32"
            ? []
            : measurementsOf(report)
                .filter(({ implementation }) => implementation === series.name)
                .flatMap(({ errors }) => errors.filter((error) => error.result === result));
        const ulps = [...rows, ...timed].map(({ ulp }) => ulp);
        if (ulps.length === 0) return [];
        return [
          {
            series,
            dtype,
            result,
            ulp: ulps.includes(null) ? null : Math.max(...ulps.map((ulp) => ulp ?? 0)),
            bound: rows.length === 0 ? null : Math.max(...rows.map(({ bound }) => bound)),
          },
        ];
      }),
    ),
  );
}

/** A chart for each type: a row for each result, with every backend's bound as a mark. */
export function errorCharts(report: Report): Html {
  const errors = worstErrors(report);
  return html`${dtypes.flatMap((dtype) => {
    const own = errors.filter((error) => error.dtype === dtype);
    if (own.length === 0) return [];
    return [
      html`<figure class="card">
<figcaption>Worst error in ulp, ${dtype}</figcaption>
${errorChart(dtype, own)}
</figure>
`,
    ];
  })}`;
}

/** Beyond this the small errors would not be told apart on a linear scale. */
const mostOnLinearScale = 100;
/** Errors below it are drawn there on a logarithmic scale. */
const least = 0.1;

function errorChart(dtype: DType, errors: readonly WorstError[]): Html {
  const finite = errors.flatMap(({ ulp, bound }) => [ulp, bound]).filter((value) => value !== null);
  const most = Math.max(1, ...finite);
  const log = most > mostOnLinearScale;
  const drawn = errors.flatMap((error): Point[] => {
    if (error.ulp === null) return [];
    const row = operations.indexOf(error.result);
    const value = log ? Math.max(error.ulp, least) : error.ulp;
    return [{ row, series: error.series, value, title: `${error.series.name}: ${formatUlp(error.ulp)} ulp` }];
  });
  const bounds = errors.flatMap(({ bound, result, series }) =>
    bound === null
      ? []
      : [{ ...around(operations.indexOf(result)), bound, title: `${series.name}: at most ${bound} ulp` }],
  );
  const domain: [number, number] = log ? [least, most * 1.2] : [0, most * 1.05];
  const ticks = log ? decadesOf(domain) : 6;
  return draw(describe(dtype, errors), {
    ...rowsLayout(operations.length),
    x: { type: log ? "log" : "linear", domain },
    marks: [
      Plot.gridX({ ticks, stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisX({
        ticks,
        tickFormat: (ulp: number) => String(ulp), // the unit is in the caption: with it labels run together
        tickSize: 0,
        fill: "var(--muted)",
        label: null,
      }),
      ...points(drawn),
      Plot.ruleX(bounds, { x: "bound", y1: "from", y2: "to", stroke: "var(--text)", strokeWidth: 2, title: "title" }),
      ...rowLabels(operations.map((result) => ({ left: result, right: worstOf(errors, result) }))),
    ],
  });
}

/** The powers of ten in a domain. */
function decadesOf([from, to]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(from));
  return Array.from({ length: Math.floor(Math.log10(to)) - first + 1 }, (_, power) => Number(`1e${first + power}`));
}

/** The part of a row that the mark of a bound takes. */
function around(row: number): { from: number; to: number } {
  return { from: row - 0.2, to: row + 0.2 };
}

/** The worst of all backends. */
function worstOf(errors: readonly WorstError[], result: Result): string {
  const own = errors.filter((error) => error.result === result && !error.series.peer);
  const ulps = own.map(({ ulp }) => ulp);
  return formatUlp(ulps.includes(null) ? null : Math.max(...ulps.map((ulp) => ulp ?? 0)));
}

function describe(dtype: DType, errors: readonly WorstError[]): string {
  const parts = errors.map(({ series, result, ulp, bound }) => {
    const allowed = bound === null ? "" : ` (bound ${bound})`;
    return `${result}: ${series.name} ${formatUlp(ulp)}${allowed}`;
  });
  return `Worst error in ulp by result and backend, ${dtype}. ${parts.join("; ")}.`;
}
