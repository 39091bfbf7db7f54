// Part of npm run lint: fails where a ratio in a sentence of README.md is not that of the newest results, rounded.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newestResult } from "../dist/results/newest.js";
import { pairRatios } from "../dist/results/ratios.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

/**
 * The ratios of a training step, over all shapes on which both were timed.
 *
 * @param {string} profile
 * @param {string} backend
 * @param {string} peer
 */
function step(profile, backend, peer) {
  const newest = newestResult(join(root, "benchmarks", "results"), (name) => name === profile);
  const found = newest === null ? [] : pairRatios(newest.result);
  const pair = found.find(
    (one) => one.operation === "step" && one.outputs === "fresh" && one.backend === backend && one.peer === peer,
  );
  if (pair === undefined) throw new Error(`no result of ${profile} has a step of ${backend} beside ${peer}`);
  return pair;
}

const tfjsWasm = step("engines", "tfjs-wasm", "baseline tfjs-wasm");

/** @type {readonly [sentence: RegExp, ratios: readonly number[]][]} */
const claims = [
  [
    /PyTorch, told to keep freed memory, takes ([\d.]+) times as long/,
    [step("threads", "wasm 2 threads", "pytorch malloc retained 2 threads").median],
  ],
  [
    /TensorFlow\.js's wasm engine takes ([\d.]+) times as long, PyTorch ([\d.]+) times/,
    [step("threads", "cpu", "baseline tfjs-wasm").median, step("threads", "cpu", "pytorch malloc retained").median],
  ],
  [
    /TensorFlow\.js alone takes ([\d.]+) times as long on its wasm engine, ([\d.]+) times on tfjs-node/,
    [tfjsWasm.median, step("engines", "tfjs-tensorflow 2 threads", "baseline tfjs-tensorflow 2 threads").median],
  ],
  [
    /TensorFlow\.js alone takes ([\d.]+) to ([\d.]+) times as long on its wasm engine/,
    [tfjsWasm.least.ratio, tfjsWasm.most],
  ],
];

for (const [sentence, ratios] of claims) {
  const written = sentence.exec(readme)?.slice(1) ?? [];
  const isRight = ratios.every((ratio, i) => {
    const decimals = written[i]?.split(".")[1]?.length ?? 0;
    return Math.abs(ratio - Number(written[i])) <= 0.5 / 10 ** decimals;
  });
  if (isRight && written.length === ratios.length) continue;
  const measured = ratios.map((ratio) => ratio.toPrecision(3)).join(" and ");
  console.error(
    `README.md says ${written.join(" and ") || "nothing"}, and ${measured} was measured: ${sentence.source}`,
  );
  process.exitCode = 1;
}
