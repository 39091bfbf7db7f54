import { absentLines, ownCommand } from "@batchnorm/optional-components";
import { type BenchmarkCase, formatRatio, formatTime, operationNames, shapeOf, steadinessOf } from "@batchnorm/timing";
import pc from "picocolors";
import { formatUlp } from "../check/check-summary.js";
import { table } from "../output.js";
import { casesOf, type Measurement, measurementOf, peersOf, timesAsFast, worstError } from "./lookup.js";
import { type Report, reportOperations } from "./schema.js";

/** The report for people at a terminal: the recommendation, and one table. */
export function reportSummary(report: Report): string {
  const [peer] = peersOf(report);
  const { noisy } = steadinessOf(report);
  const head = ["shape", "backend", ...reportOperations.map((operation) => operationNames[operation]), "worst ulp"];
  const rows = casesOf(report).flatMap((testCase) => caseRows(report, testCase));
  return [
    pc.bold(report.recommendation?.sentence ?? noneAgrees),
    "",
    table(head, rows, [2, 3, 4, 5]),
    "",
    `Medians, float32${peer === undefined ? "" : `; in brackets, speed relative to ${peer.name}. ${baselineIs}`}.`,
    ...report.checks.filter(({ passed }) => !passed).map(({ backend }) => pc.red(disagrees(backend))),
    ...(noisy ? [pc.yellow("noisy: this machine was busy with something else; do not rely on these times")] : []),
    ...absentLines(report.absent),
    "To compare with PyTorch and ONNX Runtime, run the repository's benchmarks (npm run bench).",
  ].join("\n");
}

/** The peers of a report. */
export const baselineIs = "The baseline is TensorFlow.js alone, as its users write batch normalization";

/** In place of a recommendation. */
export const noneAgrees = "no backend here agrees with the specification";

function disagrees(backend: string): string {
  return `${backend} DISAGREES with the specification and was not timed; ${ownCommand("check")} shows where`;
}

function caseRows(report: Report, testCase: BenchmarkCase): string[][] {
  return report.implementations.map(({ name: implementation }, index) => {
    const own = reportOperations.flatMap(
      (operation) => measurementOf(report, implementation, testCase, operation) ?? [],
    );
    return [
      index === 0 ? shapeOf(testCase) : "",
      implementation,
      ...own.map((measurement) => timeOf(report, measurement)),
      formatUlp(worstError(own)),
    ];
  });
}

function timeOf(report: Report, measurement: Measurement): string {
  if (measurement.timing === null) return measurement.outcome === "disagrees" ? "DISAGREES" : measurement.outcome;
  const time = formatTime(measurement.timing.median);
  const [peer] = peersOf(report);
  const ratio = peer === undefined ? null : timesAsFast(report, measurement, peer.name);
  return ratio === null || measurement.implementation === peer?.name ? time : `${time} (${formatRatio(ratio)}x)`;
}
