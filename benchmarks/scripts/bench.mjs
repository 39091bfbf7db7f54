// npm run bench: times every backend and every peer on all cases and prints a table; --quick: on a few cases, briefly.
import { createRequire } from "node:module";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import {
  backendContestant,
  benchmark,
  benchmarkCases,
  formatTime,
  operationNames,
  quickBudget,
  shapeOf,
  tfjsCpuContestant,
  usualBudget,
} from "@batchnorm/benchmarks";

const { version } = createRequire(import.meta.url)("../package.json");
const quick = process.argv.includes("--quick");
const budget = quick ? quickBudget : usualBudget;
const contestants = [backendContestant(createCpuBackend(), { version }), await tfjsCpuContestant()];

console.log(`Median of ${budget.rounds} rounds, ${budget.milliseconds} ms for each contestant, operation and case.`);
console.log("Half of all runs lie between the quartiles. GB/s counts the traffic that the operation needs.\n");
console.log(row("shape", "operation", "contestant", "median", "quartiles", "GB/s", "worst ulp"));
let disagreed = false;
for (const kase of benchmarkCases({ quick })) {
  for (const { operation, contestant, timing, errors, agrees } of await benchmark(kase, contestants, budget, [
    "step",
    "train",
    "infer",
  ])) {
    disagreed ||= !agrees;
    const worst = errors.some(({ ulp }) => ulp === null) ? "not finite" : Math.max(...errors.map(({ ulp }) => ulp));
    const times = timing
      ? [
          formatTime(timing.median),
          `${formatTime(timing.lower)} to ${formatTime(timing.upper)}`,
          timing.gigabytesPerSecond.toFixed(2),
        ]
      : ["disagrees, not timed", "", ""];
    const error = typeof worst === "number" ? worst.toFixed(2) : worst;
    console.log(row(shapeOf(kase), operationNames[operation], contestant, ...times, error));
  }
}
if (disagreed) process.exitCode = 1;

/** @param {readonly string[]} cells */
function row(...cells) {
  const widths = [37, 17, 11, 10, 24, 7, 0];
  return cells.map((cell, column) => cell.padEnd(widths[column])).join(" ");
}
