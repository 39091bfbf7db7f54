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

/** A table that scrolls in its box where the page is narrower. */
function box(label: string, table: Html): Html {
  return html`<div class="box" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

/** A row for each shape and implementation, the medians of the three operations side by side. */
export function medianTable(report: Report): Html {
  const [peer] = peersOf(report);
  const ratios = peer === undefined ? "" : `, and how many times as fast as ${peer.name}`;
  const names = report.implementations.map(({ name }) => name);
  return box(
    "Median times",
    html`<table>
<caption>Median time of one run${ratios}. Worst error of the timed inputs in ulp.</caption>
<thead><tr><th scope="col">shape</th><th scope="col">backend</th>${reportOperations.map(
      (operation) => html`<th scope="col" class="n">${operationNames[operation]}</th>`,
    )}<th scope="col" class="n">worst ulp</th></tr></thead>
<tbody>
${casesOf(report).map((testCase) => names.map((name, index) => medianRow(report, testCase, name, index === 0 ? names.length : 0)))}</tbody>
</table>`,
  );
}

function medianRow(report: Report, testCase: BenchmarkCase, name: string, span: number): Html {
  const own = reportOperations.flatMap((operation) => measurementOf(report, name, testCase, operation) ?? []);
  const shape = span === 0 ? null : html`<th scope="rowgroup" rowspan="${span}">${shapeOf(testCase)}</th>`;
  const isPeer = peersOf(report).some((peer) => peer.name === name);
  return html`<tr class="${isPeer ? "peer" : ""}">${shape}<td>${name}</td>${own.map(
    (one) => html`<td class="n">${medianCell(report, one)}</td>`,
  )}<td class="n">${formatUlp(worstError(own))}</td></tr>
`;
}

function medianCell(report: Report, one: Measurement): Html {
  if (one.timing === null) return html`<span class="bad-text">${one.outcome}</span>`;
  const [peer] = peersOf(report);
  const ratio = peer === undefined || peer.name === one.implementation ? null : timesAsFast(report, one, peer.name);
  const times = ratio === null ? "" : `${formatRatio(ratio)}×`;
  return html`${formatTime(one.timing.median)}<span class="ratio">${times}</span>`;
}

/** Every timing with its spread. */
export function timingTable(report: Report): Html {
  const head = [
    "shape",
    "operation",
    "backend",
    "median",
    "lower quartile",
    "upper quartile",
    "least",
    "most",
    "runs",
    "GB/s",
  ];
  return box(
    "All timings",
    html`<table>
<caption>All timings. Half of all runs lie between the quartiles.</caption>
<thead><tr>${head.map((name, index) => html`<th scope="col" class="${index < 3 ? "" : "n"}">${name}</th>`)}</tr></thead>
<tbody>
${measurementsOf(report).map(
  (
    one,
  ) => html`<tr><th scope="row">${shapeOf(one.case)}</th><td>${operationNames[one.operation]}</td><td>${one.implementation}</td>${timingCells(one)}</tr>
`,
)}</tbody>
</table>`,
  );
}

function timingCells({ timing, why }: Measurement): Html {
  if (timing === null) return html`<td colspan="7" class="bad-text">${why}</td>`;
  const { median, lower, upper, least, most, samples, gigabytesPerSecond } = timing;
  const times = [median, lower, upper, least, most].map(formatTime);
  return html`${[...times, samples.length.toLocaleString("en"), gigabytesPerSecond.toFixed(2)].map(
    (cell) => html`<td class="n">${cell}</td>`,
  )}`;
}

/** The worst errors of the checks: a row for each backend and type. */
export function checkTable(report: Report): Html {
  const rows = report.checks.flatMap((check) =>
    [...new Set<DType>([...check.rows, ...check.failures].map(({ dtype }) => dtype))].map((dtype) => {
      const own = check.rows.filter((row) => row.dtype === dtype);
      const passed = own.every((row) => row.passed) && check.failures.every((failure) => failure.dtype !== dtype);
      return html`<tr><th scope="row">${check.backend}</th><td>${dtype}</td>${operations.map((operation) =>
        errorCell(own.filter((row) => row.operation === operation)),
      )}<td class="${passed ? "" : "bad-text"}">${passed ? "agrees" : "disagrees"}</td></tr>
`;
    }),
  );
  return box(
    "Worst errors of the checks",
    html`<table>
<caption>Worst errors of the checks on digits, in ulp; in brackets the bound.</caption>
<thead><tr><th scope="col">backend</th><th scope="col">type</th>${operations.map(
      (operation) => html`<th scope="col" class="n">${operation}</th>`,
    )}<th scope="col">verdict</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`,
  );
}

type CheckRows = Report["checks"][number]["rows"];

function errorCell(rows: CheckRows): Html {
  if (rows.length === 0) return html`<td></td>`;
  const worst = rows.some(({ ulp }) => ulp === null) ? null : Math.max(...rows.map(({ ulp }) => ulp ?? 0));
  const passed = rows.every((row) => row.passed);
  const bound = Math.max(...rows.map((row) => row.bound));
  return html`<td class="${passed ? "n" : "n bad-text"}">${formatUlp(worst)} <span class="muted">(${bound})</span></td>`;
}

/** Every row of the checks. */
export function checkRowsTable(report: Report): Html {
  const rows = report.checks.flatMap((check) => check.rows);
  return box(
    "All checks",
    html`<table>
<caption>All checks: the worst error of each result over the steps of a case.</caption>
<thead><tr><th scope="col">backend</th><th scope="col">type</th><th scope="col">case</th><th scope="col">mode</th><th scope="col">result</th><th scope="col" class="n">values</th><th scope="col" class="n">ulp</th><th scope="col" class="n">bound</th></tr></thead>
<tbody>
${rows.map(
  (
    row,
  ) => html`<tr><th scope="row">${row.backend}</th><td>${row.dtype}</td><td>${row.case}</td><td>${row.mode}</td><td>${row.operation}</td><td class="n">${row.values.toLocaleString("en")}</td><td class="${row.passed ? "n" : "n bad-text"}">${formatUlp(row.ulp)}</td><td class="n">${row.bound}</td></tr>
`,
)}</tbody>
</table>`,
  );
}
