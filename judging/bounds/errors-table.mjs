// The bounds of the engines of TensorFlow.js as the README of backend-tfjs shows them.
import { readFileSync, writeFileSync } from "node:fs";
import { boundOf, judgedBackends } from "@batchnorm/conformance";

const readme = new URL("../../packages/backend-tfjs/README.md", import.meta.url);
const marked = /(<!-- errors -->\n)[\s\S]*?(<!-- end of errors -->)/;

/** @type {Readonly<Record<string, string>>} */
const titles = {
  "tfjs-cpu": "cpu",
  "tfjs-cpu-cpu": "cpu, with `createCpuBackend()` as host",
  "tfjs-wasm": "wasm",
  "tfjs-tensorflow": "tensorflow, its own kernels",
  "tfjs-tensorflow-onednn": "tensorflow, oneDNN's kernels",
  "tfjs-tensorflow-imprecise": "tensorflow, `precise: false`",
  "tfjs-webgl": "webgl (software rendering)",
  "tfjs-webgpu": "webgpu (software rendering)",
};

/** @type {readonly import("@batchnorm/conformance").Operation[]} */
const operations = ["y", "dx", "dweight", "dbias", "variance"];

/** The README with its table as the committed bounds have it. */
export function readmeWithErrors() {
  const rows = judgedBackends
    .filter((name) => name.startsWith("tfjs-"))
    .map((name) => {
      const bounds = operations.map((operation) => {
        return boundOf(committed(name), { dtype: "float32", against: "specification", data: "ordinary", operation });
      });
      return `| ${[titles[name] ?? name, ...bounds.map(shown)].join(" | ")} |`;
    });
  const head = `| engine | ${operations.join(" | ")} |\n|-|${operations.map(() => "-").join("|")}|`;
  return readFileSync(readme, "utf8").replace(marked, `$1\n${head}\n${rows.join("\n")}\n\n$2`);
}

/**
 * As the file has them now, built or not.
 *
 * @param {string} name
 * @returns {import("@batchnorm/conformance").Bounds}
 */
function committed(name) {
  return JSON.parse(readFileSync(new URL(`../../packages/conformance/bounds/${name}.json`, import.meta.url), "utf8")).bounds;
}

/** Puts the table into the README. */
export function writeErrors() {
  writeFileSync(readme, readmeWithErrors());
}

/** @param {number} bound in ulp */
function shown(bound) {
  return bound < 0.01 ? "0" : String(bound);
}
