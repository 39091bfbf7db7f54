import { createTfjsBackend } from "@batchnorm/backend-tfjs";
import { baseline } from "./baseline.mjs";
import { countRun } from "./count.mjs";
import { layer, tape } from "./ours.mjs";
import { workloadOf } from "./workload.mjs";

/**
 * @typedef {typeof import("@tensorflow/tfjs-core")} TensorFlow
 * @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor
 * @typedef {import("./count.mjs").Run} Run
 * @typedef {import("./workload.mjs").CountedCase} CountedCase
 * @typedef {"baseline" | "layer" | "tape"} Name
 * @typedef {{ readonly step: Run, readonly infer: Run }} Runs
 */

/** Results further apart than this share of the largest are no results of the same task. */
const farthest = 2 ** -9;

/**
 * What webgl does in a training step and in inference, by TensorFlow.js's own operations and by ours.
 *
 * @param {TensorFlow} tf
 * @param {readonly CountedCase[]} cases
 * @returns {Promise<readonly Readonly<Record<Name, Runs>>[]>} one for each case
 * @throws Error where webgl does not start, or results do not agree
 */
export async function countAll(tf, cases) {
  if (!(await tf.setBackend("webgl"))) throw new Error("TensorFlow.js cannot start its webgl engine here");
  const backend = await createTfjsBackend(tf);
  const all = [];
  for (const one of cases) {
    const workload = workloadOf(tf, one);
    const implementations = {
      baseline: baseline(tf, workload),
      layer: layer(tf, workload, backend),
      tape: tape(tf, workload, backend),
    };
    await checkAgreement(
      tf,
      Object.values(implementations).map(({ step }) => step()),
    );
    await checkAgreement(
      tf,
      Object.values(implementations).map(({ infer }) => infer()),
    ); // by the statistics moved
    const runs = /** @type {Record<Name, Runs>} */ ({});
    for (const [name, { step, infer, dispose }] of Object.entries(implementations)) {
      runs[/** @type {Name} */ (name)] = { step: await countRun(tf, step), infer: await countRun(tf, infer) };
      dispose();
    }
    all.push(runs);
  }
  return all;
}

/**
 * @param {TensorFlow} tf
 * @param {readonly (readonly Tensor[])[]} results the first are what the others are compared with
 */
async function checkAgreement(tf, [expected = [], ...others]) {
  for (const [i, one] of expected.entries()) {
    for (const other of others) {
      const apart = tf.tidy(() =>
        tf.div(tf.max(tf.abs(tf.sub(one, /** @type {Tensor} */ (other[i])))), tf.max(tf.abs(one))),
      );
      const [share] = /** @type {[number]} */ (/** @type {unknown} */ (await apart.data()));
      apart.dispose();
      if (!(share <= farthest)) throw new Error(`result ${i} of a case differs by ${share} of its largest value`);
    }
  }
  tf.dispose([...expected, ...others.flat()]);
}
