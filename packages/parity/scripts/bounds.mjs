// npm run bounds [-- --write]: measures every backend by the whole suite and shows, beside the committed table of bounds,
// what was measured and what is proposed; with --write the proposal becomes the table.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { allChecks, boundsOf, checksFor, examine, goalsOf, judgedOperations, Measured } from "@batchnorm/conformance";
import Table from "cli-table3";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

/** @type {import("@batchnorm/core").Backend[]} */
const backends = [createCpuBackend()];
let wrong = 0;
for (const backend of backends) wrong += await measure(backend);
process.exitCode = wrong > 0 ? 1 : 0;

/** @param {import("@batchnorm/core").Backend} backend */
async function measure(backend) {
  const measured = new Measured();
  const checks = checksFor(await allChecks(), backend.capabilities.dtypes);
  let failed = 0;
  for await (const verdict of examine(backend, checks, { bounds: null, observe: measured.observe })) {
    if (verdict.outcome === "passed") continue;
    failed++;
    console.error(verdict.message);
  }
  const goals = goalsOf(backend.name);
  const proposed = measured.propose(goals);
  print(backend.name, measured.worst, proposed, boundsOf(backend.name));
  if (failed > 0) {
    console.error(`${failed} checks of the ${backend.name} backend did not pass: mend them first, nothing is written`);
  } else if (values.write) {
    const file = new URL(`../../conformance/bounds/${backend.name}.json`, import.meta.url);
    writeFileSync(file, `${JSON.stringify({ goals, bounds: proposed }, null, 2)}\n`);
    console.log(`written: packages/conformance/bounds/${backend.name}.json`);
  }
  return failed;
}

/**
 * @param {string} name
 * @param {import("@batchnorm/conformance").Bounds} worst
 * @param {import("@batchnorm/conformance").Bounds} proposed
 * @param {import("@batchnorm/conformance").Bounds} committed
 */
function print(name, worst, proposed, committed) {
  console.log(`\n${name}: errors in ulp, as measured / proposed / committed`);
  const table = new Table({ head: ["type", "against", "data", ...judgedOperations], style: { head: [], border: [] } });
  worst.forEach(({ dtype, against, data, ulp }, i) => {
    const now = committed.find((row) => row.dtype === dtype && row.against === against && row.data === data);
    const cells = judgedOperations.map((operation) => {
      const error = ulp[operation];
      if (error === undefined) return "";
      return [Number(error.toPrecision(3)), proposed[i]?.ulp[operation], now?.ulp[operation] ?? "none"].join(" / ");
    });
    table.push([dtype, against, data, ...cells]);
  });
  console.log(table.toString());
}
