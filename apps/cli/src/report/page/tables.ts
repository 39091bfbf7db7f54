import { operations } from "@batchnorm/conformance";
import type { DType } from "@batchnorm/core";
import { type BenchmarkCase, formatRatio, formatTime, operationNames, shapeOf } from "@batchnorm/timing";
import { formatUlp } from "../../check/check-summary.js";
import {
  casesOf,
  type Measurement,
  measurementOf,
  measurementsOf,
  peersOf,
  timesAsFast,
  worstError,
} from "../lookup.js";
import { type Report, reportOperations } from "../schema.js";
import { type Html, html } from "./html.js";

interface Group {
  readonly heading: string | null;
  readonly rows: readonly Html[];
}

/** Rows below the headings of their groups: a phone has no room for a column that says the same in many rows. */
function table(caption: string, head: readonly string[], groups: readonly Group[]): Html {
  const heading = (text: string) =>
    html`<tr><th scope="rowgroup" colspan="${head.length}"><span>${text}</span></th></tr>`;
  return html`<div class="box" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
${groups.map(
  ({ heading: text, rows }) => html`<tbody>${text === null ? null : heading(text)}
${rows}</tbody>`,
)}
</table></div>`;
}

/** A row: what it is about, and numbers. */
function row(name: string, cells: readonly (Html | string)[], className = ""): Html {
  const all = cells.map((cell) => (typeof cell === "string" ? html`<td>${cell}</td>` : cell));
  return html`<tr class="${className}"><th scope="row">${name}</th>${all}</tr>
`;
}

/** A number with another that belongs to it, red where something is wrong. */
function pair(value: string, aside: string, bad = false): Html {
  return html`<td class="${bad ? "bad-text" : ""}">${value} <span class="aside">${aside}</span></td>`;
}

/** The medians of all backends and peers, by shape. */
export function medianTable(report: Report): Html {
  const [peer] = peersOf(report);
  const ratios = peer === undefined ? "" : `, and how many times as fast as ${peer.name}`;
  return table(
    `Median time of one run${ratios}; the worst error of the timed inputs, in ulp.`,
    ["backend", ...reportOperations.map((operation) => operationNames[operation]), "worst ulp"],
    casesOf(report).map((testCase) => ({
      heading: shapeOf(testCase),
      rows: report.implementations.map(({ name, kind }) => medianRow(report, testCase, name, kind)),
    })),
  );
}

function medianRow(report: Report, testCase: BenchmarkCase, name: string, kind: string): Html {
  const own = reportOperations.flatMap((operation) => measurementOf(report, name, testCase, operation) ?? []);
  return row(name, [...own.map((one) => medianCell(report, one)), formatUlp(worstError(own))], kind);
}

function medianCell(report: Report, one: Measurement): Html {
  if (one.timing === null) return pair(one.outcome, "", true);
  const [peer] = peersOf(report);
  const ratio = peer === undefined || peer.name === one.implementation ? null : timesAsFast(report, one, peer.name);
  return pair(formatTime(one.timing.median), ratio === null ? "" : `${formatRatio(ratio)}×`);
}

/** Every timing with its spread, by shape and operation. */
export function timingTable(report: Report): Html {
  return table(
    "Half of the runs lie between the quartiles.",
    ["backend", "median", "lower quartile", "upper quartile", "least", "most", "runs", "GB/s"],
    grouped(
      measurementsOf(report),
      (one) => `${shapeOf(one.case)}: ${operationNames[one.operation]}`,
      ({ implementation, timing, why }) => {
        if (timing === null) return row(implementation, [html`<td colspan="7" class="bad-text">${why}</td>`]);
        const { median, lower, upper, least, most, samples, gigabytesPerSecond } = timing;
        const times = [median, lower, upper, least, most].map(formatTime);
        return row(implementation, [...times, samples.length.toLocaleString("en"), gigabytesPerSecond.toFixed(2)]);
      },
    ),
  );
}

/** The worst errors of the checks, by backend and type. */
export function checkTable(report: Report): Html {
  const rows = report.checks.flatMap((check) =>
    [...new Set<DType>([...check.rows, ...check.failures].map(({ dtype }) => dtype))].map((dtype) => {
      const own = check.rows.filter((one) => one.dtype === dtype);
      const cells = operations.map((operation) => errorCell(own.filter((one) => one.operation === operation)));
      return row(`${check.backend}, ${dtype}`, cells);
    }),
  );
  return table("Worst errors on digits, in ulp (and bounds).", ["backend", ...operations], [{ heading: null, rows }]);
}

function errorCell(rows: Report["checks"][number]["rows"]): Html | string {
  if (rows.length === 0) return "";
  const worst = rows.some(({ ulp }) => ulp === null) ? null : Math.max(...rows.map(({ ulp }) => ulp ?? 0));
  const bound = Math.max(...rows.map((one) => one.bound));
  return pair(formatUlp(worst), `(${bound})`, !rows.every(({ passed }) => passed));
}

/** Every result of the checks, by backend and case. */
export function checkRowsTable(report: Report): Html {
  return table(
    "The worst error of each result over the steps of a case.",
    ["result", "values", "ulp", "bound"],
    grouped(
      report.checks.flatMap(({ rows }) => rows),
      (one) => `${one.backend}, ${one.dtype}, ${one.case}`,
      ({ operation, mode, values, ulp, bound, passed }) =>
        row(`${operation}, ${mode}`, [values.toLocaleString("en"), pair(formatUlp(ulp), "", !passed), String(bound)]),
    ),
  );
}

function grouped<T>(all: readonly T[], headingOf: (one: T) => string, rowOf: (one: T) => Html): Group[] {
  const headings = [...new Set(all.map(headingOf))];
  return headings.map((heading) => ({ heading, rows: all.filter((one) => headingOf(one) === heading).map(rowOf) }));
}
