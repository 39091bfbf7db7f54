import { formatRatio, operationNames, shapeOf, steadinessOf } from "@batchnorm/timing";
import { checkProblems, formatUlp } from "../../check/check-summary.js";
import { measurementsOf } from "../lookup.js";
import { rangeOf } from "../recommendation.js";
import { noneAgrees } from "../report-summary.js";
import { type Report, type ReportOperation, reportOperations } from "../schema.js";
import { type Html, html } from "./html.js";

/** The findings in a sentence, a verdict for each backend, and the figures behind them. */
export function findings(report: Report): Html {
  const compared = report.checks.flatMap(({ rows }) => rows).reduce((sum, { values }) => sum + values, 0);
  return html`<p class="lead">${sentence(report)}</p>
<ul class="verdicts">${verdicts(report)}</ul>
<dl class="figures">
${figures(report, compared)}</dl>`;
}

function sentence({ recommendation }: Report): string {
  const text = recommendation?.sentence ?? noneAgrees;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** One verdict for all that agree, one for each that does not, and whether to rely on times. */
function verdicts(report: Report): Html {
  const backends = report.checks.map(({ backend }) => backend);
  const bad = backends.filter((backend) => problems(report, backend).length > 0);
  const good = backends.filter((backend) => !bad.includes(backend));
  const agree = good.length === 1 ? "agrees" : "agree";
  return html`${good.length === 0 ? null : html`<li class="verdict">${good.join(", ")} ${agree} with the specification</li>`}${bad.map(
    (backend) => html`<li class="verdict bad">${backend} disagrees with the specification</li>`,
  )}${steadinessOf(report).noisy ? html`<li class="verdict bad">the machine was busy: do not rely on these times</li>` : null}`;
}

function figures({ recommendation }: Report, compared: number): Html {
  const peer = recommendation?.peer ?? null;
  const all: [string, string][] = [[compared.toLocaleString("en"), "values compared with the specification"]];
  if (recommendation !== null) {
    all.unshift([`${formatUlp(recommendation.ulp)} ulp`, `worst float32 error of ${recommendation.backend}`]);
  }
  if (recommendation !== null && peer !== null) {
    const figure = (operation: ReportOperation): [string, string] => [
      `${formatRatio(peer[operation].mean)}×`,
      `the speed of ${peer.name}, ${operationNames[operation]}: geometric mean of ${rangeOf(peer[operation])}`,
    ];
    all.unshift(...reportOperations.map(figure));
  }
  return html`${all.map(
    ([value, what]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>
`,
  )}`;
}

/** What is wrong with a backend, a line each. */
export function problems(report: Report, backend: string): string[] {
  return [
    ...report.checks.filter((check) => check.backend === backend).flatMap(checkProblems),
    ...measurementsOf(report)
      .filter(({ implementation, outcome }) => implementation === backend && outcome === "disagrees")
      .map(
        ({ case: testCase, operation }) =>
          `${backend}: ${operationNames[operation]} on ${shapeOf(testCase)} disagrees, so it was not timed`,
      ),
  ];
}
