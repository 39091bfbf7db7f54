// Part of npm run tables: prints what users' bundles gain by the packages, minified and gzipped. With --check it fails
// where that is over its limit in .size-limit.json, or a README is off by more than 1 KB.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const tolerated = 1;

/** Where a README says how much that is. */
const written = [
  ...["backend-wasm", "backend-cpu", "backend-tfjs"].map((name) => ({
    name: `${name} with layers`,
    readme: "README.md",
    pattern: new RegExp(`^\\| \\[\`${name}\`\\].* (\\d+) KB \\|`, "m"),
  })),
  { name: "batchnorm", readme: "packages/batchnorm/README.md", pattern: /(\d+) KB, minified and gzipped/ },
];

/** @type {readonly { name: string, size: number, passed: boolean, sizeLimit: number }[]} */
const weighed = weigh();
for (const { name, size, passed, sizeLimit } of weighed) {
  const kilobytes = size / 1000;
  console.log(`${name}: ${kilobytes.toFixed(1)} KB, limit ${sizeLimit / 1000} KB`);
  if (!process.argv.includes("--check")) continue;
  if (!passed) fail(`${name} weighs more than benchmarks/.size-limit.json allows`);
  const readme = written.find((one) => one.name === name);
  if (readme === undefined) throw new Error(`no README says what ${name} weighs`);
  const claimed = Number(readme.pattern.exec(readFileSync(new URL(readme.readme, root), "utf8"))?.[1]);
  if (!(Math.abs(claimed - kilobytes) <= tolerated)) fail(`${readme.readme} says ${claimed} KB of ${name}`);
}

function weigh() {
  const cwd = fileURLToPath(new URL("../", import.meta.url));
  const { stdout, stderr } = spawnSync("size-limit --json", { cwd, encoding: "utf8", shell: true });
  const answer = stdout === "" ? { error: stderr } : JSON.parse(stdout);
  if (!Array.isArray(answer)) throw new Error(`size-limit: ${answer.error}`);
  return answer;
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
