// npm run bounds [-- --write] [-- backend...]: measures backends, all by default, by the whole suite and shows, beside the
// committed table of bounds, what was measured and what is proposed; with --write the proposal becomes the table.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  allChecks,
  boundsOf,
  checksFor,
  examine,
  goalsOf,
  judgedOperations,
  Measured,
  unsupportedOf,
} from "@batchnorm/conformance";
import Table from "cli-table3";
import { backends } from "../backends.mjs";

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});

const asked = positionals.length > 0 ? positionals : backends.map(({ name }) => name);
const [only] = asked;
process.exitCode = asked.length === 1 && only !== undefined ? await measure(only) : measureEach(asked);

/**
 * Each in a process of its own: TensorFlow.js has one engine at a time, and TensorFlow reads its settings once.
 *
 * @param {readonly string[]} names
 */
function measureEach(names) {
  const write = values.write ? ["--write"] : [];
  const statuses = names.map((name) => {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...write, name], { stdio: "inherit" });
    return child.status ?? 1;
  });
  return Math.max(...statuses);
}

/** @param {string} name */
async function measure(name) {
  const judged = backends.find((one) => one.name === name);
  if (judged === undefined) {
    console.error(`no backend is called ${name}: they are ${backends.map((one) => one.name).join(", ")}`);
    return 2;
  }
  const backend = await judged.open();
  const measured = new Measured();
  const checks = checksFor(await allChecks(), backend.capabilities.dtypes);
  const [goals, unsupported] = [goalsOf(name), unsupportedOf(name)];
  let failed = 0;
  for await (const verdict of examine(backend, checks, { bounds: null, unsupported, observe: measured.observe })) {
    if (verdict.outcome === "passed" || verdict.outcome === "unsupported") continue;
    failed++;
    console.error(verdict.message);
  }
  const proposed = measured.propose(goals);
  print(name, measured.worst, proposed, boundsOf(name));
  if (failed > 0) {
    console.error(`${failed} checks of the ${name} backend did not pass: mend them first, nothing is written`);
  } else if (values.write) {
    const file = new URL(`../../conformance/bounds/${name}.json`, import.meta.url);
    const committed = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, `${JSON.stringify({ ...committed, bounds: proposed }, null, 2)}\n`);
    console.log(`written: packages/conformance/bounds/${name}.json`);
  }
  await backend.close?.();
  return failed > 0 ? 1 : 0;
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
