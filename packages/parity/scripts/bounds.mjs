// npm run bounds [-- --write] [-- backend...]: measures backends, all by default, by the whole suite and shows, beside the
// committed table of bounds, what was measured and what is proposed; with --write the proposal becomes the table.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "@batchnorm/components";
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
import { browserEngines } from "../browser/engines.mjs";
import { judgeInBrowser } from "../browser/judge.mjs";
import { writeErrors } from "../errors-table.mjs";

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});

/** Those that only browsers have. */
const inBrowsers = browserEngines.map(({ name }) => name).filter((name) => backends.every((one) => one.name !== name));
const names = [...backends.map(({ name }) => name), ...inBrowsers];
const asked = positionals.length > 0 ? positionals : names;
const [only] = asked;
if (values.write) process.on("exit", writeErrors);
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
  if (!names.includes(name)) {
    console.error(`no backend is called ${name}: they are ${names.join(", ")}`);
    return 2;
  }
  const { measured, failures } = inBrowsers.includes(name) ? await inBrowser(name) : await here(name);
  for (const message of failures) console.error(message);
  const proposed = measured.propose(goalsOf(name));
  print(name, measured.worst, proposed, boundsOf(name));
  if (failures.length > 0) {
    console.error(`${failures.length} checks of the ${name} backend did not pass: mend them first, nothing is written`);
  } else if (values.write) {
    const file = new URL(`../../conformance/bounds/${name}.json`, import.meta.url);
    const committed = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, `${JSON.stringify({ ...committed, bounds: proposed }, null, 2)}\n`);
    console.log(`written: packages/conformance/bounds/${name}.json`);
  }
  return failures.length > 0 ? 1 : 0;
}

/** @param {string} name */
async function here(name) {
  const backend = await /** @type {import("../backends.mjs").JudgedBackend} */ (
    backends.find((one) => one.name === name)
  ).open();
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

/** @param {string} name */
async function inBrowser(name) {
  const presence = await chromium.probe();
  if (!presence.present) throw new Error(`Chromium is absent: ${presence.reason}; ${presence.remedy}`);
  const judging = { bounds: null, unsupported: unsupportedOf(name) };
  const { measured, verdicts } = await judgeInBrowser(/** @type {string} */ (presence.path), name, judging);
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
