import { parentPort, workerData } from "node:worker_threads";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { allChecks, boundsOf, examine, goals } from "@batchnorm/conformance";
import type { Asked, Report } from "./report.js";
import { selected } from "./selection.js";

// Runs in a worker, as a bundle with some expressions changed: asks the backend the suite and reports what came of it.
const asked = workerData as Asked;
const checks = selected(await allChecks(), asked);
const bounds = asked.bounds === "goals" ? goals : boundsOf(asked.bounds);
const report: Report = { passed: 0, notJudged: 0, failures: [] };
for await (const verdict of examine(createCpuBackend(), checks, { bounds })) {
  if (verdict.outcome === "passed") report.passed++;
  if (verdict.outcome === "not judged") report.notJudged++;
  if (verdict.outcome !== "failed") continue;
  const { requirement, name, dtype } = verdict.check;
  report.failures.push({ requirement, check: `${name}, ${dtype}`, message: verdict.message });
}
parentPort?.postMessage(report);
