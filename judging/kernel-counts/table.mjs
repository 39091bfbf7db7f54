// What webgl does for TensorFlow.js alone and for ours, as docs/performance.md shows it.
import { readFileSync, writeFileSync } from "node:fs";

/** @typedef {import("./count-kernels.mjs").Comparison} Comparison */

const document = new URL("../../docs/performance.md", import.meta.url);
const marked = /(<!-- kernels -->\n)[\s\S]*?(<!-- end of kernels -->)/;

export const kernelsHead = [
  "TensorFlow.js → ours",
  "kernels",
  "of full size",
  "MB",
  "GPU programs",
  "of full size",
  "MB",
  "peak MB",
];

/**
 * A row of the table.
 *
 * @param {Comparison} comparison
 * @returns {string[]}
 */
export function kernelsRow({ operation, by, case: { channelsLast, relu }, baseline, ours }) {
  const title = `${operation}${relu ? " with ReLU" : ""}${by === "tape" ? " by the tape" : ""}, channels ${channelsLast ? "last" : "first"}`;
  const cells = /** @type {const} */ (["kernels", "programs"]).flatMap((kind) => [
    [baseline[kind].all, ours[kind].all],
    [baseline[kind].fullSize, ours[kind].fullSize],
    [megabytes(baseline[kind].bytes), megabytes(ours[kind].bytes)],
  ]);
  const peak = [megabytes(baseline.peakBytes), megabytes(ours.peakBytes)];
  return [title, ...[...cells, peak].map((pair) => pair.join(" → "))];
}

/**
 * docs/performance.md with its table as it was counted.
 *
 * @param {readonly Comparison[]} comparisons
 */
export function documentWithKernels(comparisons) {
  const lines = [kernelsHead, kernelsHead.map(() => "-"), ...comparisons.map(kernelsRow)];
  const table = lines
    .map((cells) => `| ${cells.join(" | ")} |`.replaceAll("| - ", "|-").replace("- |", "|"))
    .join("\n");
  return readFileSync(document, "utf8").replace(marked, `$1\n${table}\n\n$2`);
}

/**
 * Puts the table into docs/performance.md.
 *
 * @param {readonly Comparison[]} comparisons
 */
export function writeKernels(comparisons) {
  writeFileSync(document, documentWithKernels(comparisons));
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
