import { absentLines } from "@batchnorm/optional-components";
import { operationNames, steadinessOf, trafficNotes } from "@batchnorm/timing";
import { peersOf } from "../lookup.js";
import { baselineIs } from "../report-summary.js";
import { type Report, reportOperations } from "../schema.js";
import { errorCharts } from "./error-charts.js";
import { findings, problems } from "./findings.js";
import { Html, html } from "./html.js";
import { boundMark, legend } from "./legend.js";
import { type Series, seriesOf } from "./series.js";
import { style } from "./style.js";
import { checkRowsTable, checkTable, medianTable, timingTable } from "./tables.js";
import { timeCharts } from "./time-charts.js";

/** The report as one page that needs nothing else: no script, no other file, no network. */
export function reportPage(report: Report): string {
  const series = seriesOf(report);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Batch normalization on this machine</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>Batch normalization on this machine</h1>
${findings(report)}
</header>
<main>
${timeSection(report, series)}
${errorSection(report, series)}
${machineSection(report)}
${methodSection(report)}
${limitsSection(report)}
</main>
<footer>
<p>Written by batchnorm ${report.version} on ${when(report)}. report.json, beside it, has every number on this page, and every sample.</p>
<p>S. Ioffe and C. Szegedy, “Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift”, ICML 2015.</p>
</footer>
</body>
</html>
`.text;
}

function when({ created }: Report): string {
  return `${created.slice(0, 10)} at ${created.slice(11, 16)} UTC`;
}

function timeSection(report: Report, series: readonly Series[]): Html {
  const [peer] = peersOf(report);
  const untimed = report.checks
    .map(({ backend }) => backend)
    .filter((name) => !report.implementations.some((one) => one.name === name));
  const ratio =
    peer === undefined || untimed.length === report.checks.length
      ? ""
      : ` At the right: how many times as fast as ${peer.name} the fastest backend is. ${baselineIs}.`;
  return html`<section aria-labelledby="time">
<h2 id="time">Time</h2>
<p>Each mark is the median time of one run; further left is faster. Half of the runs lie in the band around it. The scale is logarithmic, and the same in all three charts.${ratio}</p>
${untimed.map((name) => html`<p class="bad-text">${name} disagrees with the specification and was not timed.</p>`)}
${whoIsDrawn}
${legend(series)}
<div class="charts">
${timeCharts(report, series)}</div>
${medianTable(report)}
<details>
<summary>All timings, with spread and GB/s</summary>
${timingTable(report)}
</details>
</section>`;
}

const whoIsDrawn = html`<p class="muted">The charts show the fastest backend of each package (on TensorFlow.js, of those with a baseline beside them), any that disagrees, and the baselines, in the order of the legend. The tables have every backend.</p>`;

function errorSection(report: Report, series: readonly Series[]): Html {
  const wrong = report.checks.flatMap(({ backend }) => problems(report, backend));
  const list =
    wrong.length === 0
      ? null
      : html`<h3>Disagreements</h3>
<ul>${wrong.map((line) => html`<li class="bad-text">${line}</li>`)}</ul>`;
  return html`<section aria-labelledby="error">
<h2 id="error">Error</h2>
<p>Every result is compared with the specification, computed in float64 from the same inputs. Errors are in <em>ulp</em>, units in the last place: the gap between neighbouring floating-point numbers, here at the size of the terms that make up the result. A correctly rounded result is within 0.5 ulp. One ulp is about 1e-7 of a value in float32, and 2e-16 in float64.</p>
<p>Each mark is the worst error on the digits and on the timed inputs. The scale is logarithmic.</p>
${whoIsDrawn}
${legend(series, boundMark)}
<div class="charts two">
${errorCharts(report, series)}</div>
<p class="muted">Float64 results are compared with double-double arithmetic. Baselines compute in float32 and have no bounds.</p>
${list}
${checkTable(report)}
<details>
<summary>All checks</summary>
${checkRowsTable(report)}
</details>
</section>`;
}

function machineSection(report: Report): Html {
  const { machine, backends, absent, version } = report;
  const gibibytes = (machine.memoryBytes / 2 ** 30).toFixed(1);
  const facts: [string, string][] = [
    [
      "Processor",
      `${machine.cpu}, ${machine.cores} logical ${machine.cores === 1 ? "core" : "cores"}, ${machine.arch}`,
    ],
    ["Memory", `${gibibytes} GiB`],
    ["System", `${machine.os}, Node ${machine.node}`],
    ["batchnorm", version],
    ...backends.map(({ name, package: from, version: own, threads, dtypes }): [string, string] => [
      name,
      `${from} ${own}; ${threads} ${threads === 1 ? "thread" : "threads"}; ${dtypes.join(", ")}`,
    ]),
    ...peersOf(report).map(({ name, version: own, about }): [string, string] => [name, `${own}; ${about}`]),
  ];
  return html`<section aria-labelledby="machine">
<h2 id="machine">Machine and versions</h2>
<dl class="facts">${facts.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>
${absentLines(absent).map((line) => html`<p class="absent">${line}</p>`)}
</section>`;
}

function methodSection(report: Report): Html {
  const { budget, full } = report;
  const { drift, noisy } = steadinessOf(report);
  return html`<section aria-labelledby="method">
<h2 id="method">Method</h2>
<ul>
<li>Checks: MNIST digits through 1d, 2d and 3d layers, in training, in evaluation, with frozen statistics, and backward, over several steps.</li>
<li>Nothing is timed until all its results on the timed inputs agree with the specification. Those inputs are normally distributed, from a fixed seed, and each channel has its own mean and deviation.</li>
<li>A training step is forward and backward, with the gradients of x, weight and bias; running statistics move. Training forward is its first half. Inference uses the running statistics.</li>
<li>Each run allocates its results and disposes of them, as a training loop does. It ends when the backend has finished the work, not when it has queued it.</li>
<li>${budget.rounds} rounds, in which all take turns, so that a busy machine slows all alike; after a warm-up, ${budget.milliseconds} ms each in total, and at least one run per round.${full ? "" : " This is a short report, of a few shapes timed briefly; --full times all shapes for longer."}</li>
${drift === null ? null : html`<li class="${noisy ? "bad-text" : ""}">The speed of one fixed copy varied by ${Math.round((drift - 1) * 100)} % during the run${noisy ? ": the machine was busy, do not rely on these times" : ""}.</li>`}
<li>GB/s counts the memory traffic that an operation needs where x does not fit a cache, the same for all: ${reportOperations.map((operation) => `${operationNames[operation]}, ${trafficNotes[operation]}`).join("; ")}.</li>
</ul>
</section>`;
}

function limitsSection(report: Report): Html {
  return html`<section aria-labelledby="limits">
<h2 id="limits">Limits</h2>
<ul>
<li>Times hold for this machine and what else it was doing. Ratios within one report are more reliable than times; ignore differences of a tenth.</li>
<li>A layer is timed alone, not in a network, where its neighbours and the state of the caches change its share.</li>
<li>Shapes are small, so that slow baselines finish. Larger ones are limited by memory bandwidth, which narrows the gaps between backends.</li>
${peersOf(report).length === 0 ? null : html`<li>TensorFlow.js normalizes correctly only with channels last, so that with channels first a baseline transposes before and after. Its faster engines, on a GPU, run in browsers and are not in this report.</li>`}
<li>Digits are easy data: they say nothing about inputs far from zero, or about overflow.</li>
</ul>
</section>`;
}
