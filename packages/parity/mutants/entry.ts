import { parentPort, workerData } from "node:worker_threads";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { allChecks, boundsOf, examine } from "@batchnorm/conformance";
import type { Asked, Report } from "./report.js";
import { selected } from "./selection.js";

// Runs in a worker, as a bundle with one expression changed: asks the backend the suite and reports what came of it.
const checks = selected(await allChecks(), workerData as Asked);
const report: Report = { passed: 0, notJudged: 0, failures: [] };
for await (const verdict of examine(createCpuBackend(), checks, { bounds: boundsOf("cpu") })) {
  if (verdict.outcome === "passed") report.passed++;
  if (verdict.outcome === "not judged") report.notJudged++;
  if (verdict.outcome !== "failed") continue;
  const { sentence, name, dtype } = verdict.check;
  report.failures.push({ sentence, check: `${name}, ${dtype}`, message: verdict.message });
}
parentPort?.postMessage(report);
