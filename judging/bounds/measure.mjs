// Measures one backend by the whole suite: node measure.mjs <backend> [--write], for command.mjs.
import { readFileSync, writeFileSync } from "node:fs";
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
import { chromium } from "@batchnorm/optional-components";
import Table from "cli-table3";
import { backends } from "../backends.mjs";
import { browserEngines } from "../browser/engines.mjs";
import { judgeInBrowser } from "../browser/judge.mjs";

const [name, write] = /** @type {[string, string | undefined]} */ (process.argv.slice(2));
process.exitCode = await measure();

async function measure() {
  const judged = backends.find((one) => one.name === name);
  const { measured, failures } = await (judged === undefined ? inBrowser() : here(judged));
  for (const message of failures) console.error(message);
  const proposed = measured.propose(goalsOf(name));
  print(name, measured.worst, proposed, boundsOf(name));
  if (failures.length > 0) {
    console.error(`${failures.length} checks of the ${name} backend did not pass: mend them first, nothing is written`);
  } else if (write !== undefined) {
    const file = new URL(`../../packages/conformance/bounds/${name}.json`, import.meta.url);
    const committed = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, `${JSON.stringify({ ...committed, bounds: proposed }, null, 2)}\n`);
    console.log(`written: packages/conformance/bounds/${name}.json`);
  } else {
    const faults = measured.faults(boundsOf(name), goalsOf(name));
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) return 1;
  }
  return failures.length > 0 ? 1 : 0;
}

/** @param {import("../backends.mjs").JudgedBackend} judged */
async function here({ open }) {
  const backend = await open();
  const measured = new Measured();
  const checks = checksFor(await allChecks(), backend.capabilities.dtypes);
  const judging = { bounds: null, unsupported: unsupportedOf(name), observe: measured.observe };
  const failures = [];
  for await (const verdict of examine(backend, checks, judging)) {
    if (verdict.outcome !== "passed" && verdict.outcome !== "unsupported") failures.push(verdict.message);
  }
  await backend.close?.();
  return { measured, failures };
}

async function inBrowser() {
  const presence = await chromium.probe();
  if (!presence.present) throw new Error(`Chromium is absent: ${presence.reason}; ${presence.remedy}`);
  const engine = browserEngines.find((one) => one.name === name);
  if (engine === undefined) throw new Error(`no engine in browsers is called ${name}`);
  const judging = { bounds: null, unsupported: unsupportedOf(name) };
  const { measured, verdicts } = await judgeInBrowser(/** @type {string} */ (presence.path), engine, judging);
  const wrong = verdicts.filter(({ outcome }) => outcome !== "passed" && outcome !== "unsupported");
  return { measured, failures: wrong.map(({ message }) => message) };
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
