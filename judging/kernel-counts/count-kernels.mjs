import { askPage } from "../browser/page.mjs";

/**
 * @typedef {import("./in-page/workload.mjs").CountedCase} CountedCase
 * @typedef {import("./in-page/count.mjs").Ran} Ran
 * @typedef {import("./in-page/count.mjs").Run} Run
 * @typedef {Awaited<ReturnType<typeof import("./in-page/count-all.mjs").countAll>>} CountedRuns
 *
 * @typedef {object} Work of some kernels, or programs
 * @property {number} all
 * @property {number} fullSize those that read or write at least as many elements as x has
 * @property {number} bytes that they read and write: each tensor once, 4 for an element; of a slice what is taken
 *
 * @typedef {object} Counts
 * @property {Work} kernels of TensorFlow.js
 * @property {Work} programs of webgl
 * @property {number} peakBytes of textures, beyond those that are there before
 * @property {number} readBacks
 *
 * @typedef {object} Comparison
 * @property {"training step" | "inference"} operation
 * @property {"layer" | "tape"} by how ours is asked
 * @property {CountedCase} case
 * @property {Counts} baseline TensorFlow.js alone
 * @property {Counts} ours
 */

/** @type {readonly CountedCase[]} */
const cases = [
  { shape: [8, 28, 28, 64], channelsLast: true, relu: false },
  { shape: [8, 28, 28, 64], channelsLast: true, relu: true },
  { shape: [8, 64, 28, 28], channelsLast: false, relu: false },
  { shape: [8, 64, 28, 28], channelsLast: false, relu: true },
];

const operations = /** @type {const} */ ([
  { operation: "training step", by: "layer", run: "step" },
  { operation: "training step", by: "tape", run: "step" },
  { operation: "inference", by: "layer", run: "infer" },
]);

/**
 * Counts what a training step and inference take on webgl in Chromium: by what TensorFlow.js's users write, and by ours.
 *
 * @param {string} executablePath the browser, Chromium
 * @returns {Promise<{ comparisons: readonly Comparison[], complaints: readonly string[] }>}
 * @throws Error where webgl does not start, or results do not agree
 */
export async function countKernels(executablePath) {
  const page = {
    script:
      'import { countAll } from "/judging/kernel-counts/in-page/count-all.mjs"; globalThis.countAll = (cases) => countAll(tf, cases);',
    scripts: ["/tfjs/tf.min.js"], // tfjs-core's own file has no gradients
  };
  const { answer, complaints } = await askPage(executablePath, page, (opened) =>
    opened.evaluate((asked) => /** @type {any} */ (globalThis).countAll(asked), cases),
  );
  const counted = /** @type {CountedRuns} */ (answer);
  const comparisons = operations.flatMap(({ operation, by, run }) =>
    cases.map((one, i) => {
      const runs = /** @type {CountedRuns[number]} */ (counted[i]);
      return {
        operation,
        by,
        case: one,
        baseline: countsOf(runs.baseline[run], one),
        ours: countsOf(runs[by][run], one),
      };
    }),
  );
  return { comparisons, complaints };
}

/**
 * @param {Run} run
 * @param {CountedCase} of
 * @returns {Counts}
 */
function countsOf({ kernels, programs, peakBytes, readBacks }, { shape }) {
  const size = shape.reduce((product, length) => product * length, 1);
  return { kernels: workOf(kernels, size), programs: workOf(programs, size), peakBytes, readBacks };
}

/**
 * @param {readonly Ran[]} list
 * @param {number} size of x
 * @returns {Work}
 */
function workOf(list, size) {
  const touched = list.map(({ read, written }) => [...read, ...written]);
  return {
    all: list.length,
    fullSize: touched.filter((sizes) => sizes.some((one) => one >= size)).length,
    bytes: 4 * touched.flat().reduce((sum, one) => sum + one, 0),
  };
}
