import { describePresence } from "@batchnorm/components";
import { operationNames, steadinessOf, trafficNotes } from "@batchnorm/timing";
import { peersOf } from "../lookup.js";
import { baselineIs } from "../report-summary.js";
import { type Report, reportOperations } from "../schema.js";
import { errorCharts } from "./error-charts.js";
import { findings, problems } from "./findings.js";
import { Html, html } from "./html.js";
import { boundMark, legend } from "./legend.js";
import { seriesOf } from "./series.js";
import { style } from "./style.js";
import { checkRowsTable, checkTable, medianTable, timingTable } from "./tables.js";
import { timeCharts } from "./time-charts.js";

/** The report as one page that needs nothing else: no script, no other file, no network. */
export function reportPage(report: Report): string {
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
${timeSection(report)}
${errorSection(report)}
${machineSection(report)}
${methodSection(report)}
${limitsSection(report)}
</main>
<footer>
<p>Written by batchnorm ${report.version} on ${when(report)}. Every number of this page, and every sample, is in report.json beside it.</p>
<p>The algorithm: S. Ioffe and C. Szegedy, “Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift”, ICML 2015.</p>
</footer>
</body>
</html>
`.text;
}

function when({ created }: Report): string {
  return `${created.slice(0, 10)} at ${created.slice(11, 16)} UTC`;
}

function timeSection(report: Report): Html {
  const [peer] = peersOf(report);
  const untimed = report.checks
    .map(({ backend }) => backend)
    .filter((name) => !report.implementations.map(({ name }) => name).includes(name));
  const ratio =
    peer === undefined || untimed.length === report.checks.length
      ? ""
      : ` The number at the right says how many times as fast as ${peer.name} the fastest backend is. ${baselineIs}.`;
  return html`<section aria-labelledby="time">
<h2 id="time">Time by backend and shape</h2>
<p>Each mark is the median time of one run, on a logarithmic scale that the charts share: further left is faster. The band around it holds half of all runs.${ratio}</p>
${untimed.map((name) => html`<p class="bad-text">${name} disagrees with the specification and was not timed.</p>`)}
${legend(seriesOf(report))}
<div class="charts">
${timeCharts(report)}</div>
${medianTable(report)}
<details>
<summary>All timings, with spread and GB/s</summary>
${timingTable(report)}
</details>
</section>`;
}

function errorSection(report: Report): Html {
  const wrong = report.checks.flatMap(({ backend }) => problems(report, backend));
  const list =
    wrong.length === 0
      ? null
      : html`<h3>What disagrees</h3>
<ul>${wrong.map((line) => html`<li class="bad-text">${line}</li>`)}</ul>`;
  return html`<section aria-labelledby="error">
<h2 id="error">Error by backend and operation</h2>
<p>Every result is compared with the specification, which is computed in float64 from the same inputs. Errors are in <em>ulp</em>, units in the last place: the distance from one floating-point number to the next, here at the size of the terms that make up the result. A correctly rounded result is off by at most 0.5 ulp. One ulp of float32 is about one part in ten million, of float64 one part in four thousand million million. The charts hold the digits and the timed inputs, the table below the digits alone. The number at the right of a row is the worst error of the backends.</p>
${legend(seriesOf(report), boundMark)}
<div class="charts two">
${errorCharts(report)}</div>
<p class="muted">Float64 results are held against double-double arithmetic. Peers compute in float32 throughout and are held to no bound.</p>
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
      `Backend ${name}`,
      `${from} ${own}; ${threads} ${threads === 1 ? "thread" : "threads"}; ${dtypes.join(", ")}`,
    ]),
    ...peersOf(report).map(({ name, version: own, about }): [string, string] => [`Peer ${name}`, `${own}; ${about}`]),
    ...absent.map(({ name, reason, remedy }): [string, string] => [
      name,
      describePresence({ present: false, reason, remedy }),
    ]),
  ];
  return html`<section aria-labelledby="machine">
<h2 id="machine">Machine and versions</h2>
<dl class="facts">${facts.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>
</section>`;
}

function methodSection(report: Report): Html {
  const { budget, full } = report;
  const { drift, noisy } = steadinessOf(report);
  return html`<section aria-labelledby="method">
<h2 id="method">How it was measured</h2>
<ul>
<li>Checks: MNIST digits through layers of one, two and three dimensions, in training, evaluation, with frozen statistics, and backward, over several steps.</li>
<li>Nothing is timed before all its results on the same inputs agree with the specification. The inputs are normal numbers from a fixed seed, with a mean and a deviation of its own in each channel.</li>
<li>A training step is forward and backward, to the gradients of x, weight and bias; running statistics move. Training forward is the first half of it. Inference uses the running statistics.</li>
<li>A run makes fresh results and disposes of them, as a training loop does. Its time ends when the backend has finished, not when it has been asked.</li>
<li>${budget.rounds} rounds, in which all take turns, so that what else the machine does meets all of them; ${budget.milliseconds} ms for each in all, at least one run in each round, after a warm-up.${full ? "" : " This was a short report: a few shapes, timed briefly; --full has more."}</li>
${drift === null ? null : html`<li class="${noisy ? "bad-text" : ""}">The speed of the same copy varied by ${Math.round((drift - 1) * 100)} % during the run${noisy ? ": the machine was noisy, do not rely on its times" : ""}.</li>`}
<li>GB/s counts what an operation has to move where x does not stay in a cache, the same for all: ${reportOperations.map((operation) => `${operationNames[operation]}, ${trafficNotes[operation]}`).join("; ")}.</li>
${peersOf(report).map(
  ({ name, about }) => html`<li>${name} is ${about}.</li>
`,
)}</ul>
</section>`;
}

function limitsSection(report: Report): Html {
  return html`<section aria-labelledby="limits">
<h2 id="limits">What it does not say</h2>
<ul>
<li>Times are of this machine, while it did whatever else it did. Ratios taken in one report say more than times; differences of a tenth say nothing.</li>
<li>A layer alone is timed, not a network: what stands before and after it, and the caches it leaves behind, change its share.</li>
<li>Shapes are small, so that slow peers finish. Larger ones are bound by memory, which narrows the distance between backends.</li>
${peersOf(report).length === 0 ? null : html`<li>Where channels are first, TensorFlow.js alone has to transpose before and after its batch normalization, which is right only with the channels last. Its engines on a GPU, which are faster, run in browsers, and are not in this report.</li>`}
<li>Digits are kind data. They do not stand for inputs far from zero, nor for overflow.</li>
</ul>
</section>`;
}
