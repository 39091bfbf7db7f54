// What a gradient penalty asks of a backend on TensorFlow.js: the gradients of a sum of squared gradients.
import { channelAxis, view as viewOf } from "@batchnorm/core";
import * as specification from "@batchnorm/core/specification";
import { batchNorm } from "@batchnorm/layers";

/**
 * @typedef {typeof import("@tensorflow/tfjs")} TensorFlow
 * @typedef {import("@tensorflow/tfjs").Tensor} Tensor
 * @typedef {import("@batchnorm/core").Backend<any>} Backend
 *
 * @typedef {object} Case
 * @property {readonly number[]} shape
 * @property {import("@batchnorm/core").Layout} layout
 * @property {boolean} training
 * @property {import("@batchnorm/core").Activation} activation
 * @property {boolean} affine
 *
 * @typedef {{ name: string, actual: readonly number[], expected: readonly number[] }} Derivatives
 */

const eps = 0.5;
const shapes = /** @type {const} */ ([
  { shape: [5, 1], layout: "channels-first" },
  { shape: [6, 2], layout: "channels-last" },
  { shape: [2, 3, 2, 2], layout: "channels-first" },
  { shape: [2, 2, 2, 3], layout: "channels-last" },
]);

/** @type {readonly Case[]} */
const cases = shapes.flatMap((one) =>
  [true, false].flatMap((training) => [
    { ...one, training, activation: null, affine: true },
    { ...one, training, activation: /** @type {const} */ ("relu"), affine: true },
    { ...one, training, activation: null, affine: false },
  ]),
);

/**
 * The derivatives of P by x, weight and bias, in every case: by the tape, and by central differences of the specification,
 * where P is the sum of the squares of the gradients of L = sum(c y + y^2 / 2).
 *
 * @param {TensorFlow} tf
 * @param {Backend} backend
 * @returns {Promise<readonly Derivatives[]>}
 */
export async function secondDerivatives(tf, backend) {
  /** @type {Derivatives[]} */
  const all = [];
  for (const one of cases) {
    const data = dataOf(one);
    const byTape = tf.tidy(() => penaltyGradients(tf, backend, one, data));
    const names = one.affine ? ["x", "weight", "bias"] : ["x"];
    for (const [i, by] of names.entries()) {
      const actual = Array.from(await /** @type {Tensor} */ (byTape[i]).data());
      const inputs = [data.x, data.weight, data.bias];
      const expected = differences((values) => penalty(one, data, replaced(inputs, i, values)), inputs[i] ?? []);
      const { shape, training, activation } = one;
      const mode = training ? "training" : "inference";
      all.push({
        name: `dP/d${by} of [${shape}] in ${mode}, activation ${activation}, ${names.length} inputs`,
        actual,
        expected,
      });
    }
    tf.dispose(byTape);
  }
  return all;
}

/** @param {Case} one */
function dataOf({ shape, layout }) {
  const size = shape.reduce((product, n) => product * n, 1);
  const channels = /** @type {number} */ (shape[channelAxis(shape.length, layout)]);
  return {
    x: numbers(size, 1),
    c: numbers(size, 2),
    weight: numbers(channels, 3),
    bias: numbers(channels, 4),
    mean: numbers(channels, 5),
    variance: numbers(channels, 6).map((value) => 1 + value * value),
  };
}

/**
 * @param {TensorFlow} tf
 * @param {Backend} backend
 * @param {Case} one
 * @param {ReturnType<typeof dataOf>} data
 */
function penaltyGradients(tf, backend, { shape, layout, training, activation, affine }, data) {
  const x = tf.tensor(data.x, [...shape]);
  const c = tf.tensor(data.c, [...shape]);
  const statistics = training ? {} : { runningMean: tf.tensor(data.mean), runningVar: tf.tensor(data.variance) };
  /** @param {Tensor[]} inputs */
  const loss = (...[input, weight, bias]) => {
    const parameters = affine ? { weight, bias } : {};
    const call = batchNorm(backend, input, { ...statistics, ...parameters, training, layout, activation, eps });
    call.dispose();
    return tf.sum(tf.add(tf.mul(call.y, c), tf.div(tf.square(call.y), 2)));
  };
  const inputs = affine ? [x, tf.tensor(data.weight), tf.tensor(data.bias)] : [x];
  const squares = (/** @type {Tensor[]} */ ...at) =>
    tf.addN(
      tf
        .grads(loss)(at)
        .map((one) => tf.sum(tf.square(one))),
    );
  return tf.grads(squares)(inputs);
}

/**
 * @param {Case} one
 * @param {ReturnType<typeof dataOf>} data
 * @param {readonly number[][]} inputs
 */
function penalty(
  { shape, layout, training, activation, affine },
  { c, mean, variance },
  [x = [], weight = [], bias = []],
) {
  const view = viewOf(shape, channelAxis(shape.length, layout));
  const p = { gamma: affine ? weight : null, beta: affine ? bias : null, eps, activation };
  const ran = training ? specification.train(x, view, p) : specification.inference(x, view, p, { mean, variance });
  const dy = ran.y.map((y, i) => y + /** @type {number} */ (c[i]));
  const { dx, dGamma, dBeta } = specification.backward(dy, x, view, p, ran);
  return [dx, ...(affine ? [dGamma, dBeta] : [])].flatMap((one) => [...one]).reduce((sum, one) => sum + one * one, 0);
}

/**
 * @param {(values: number[]) => number} f
 * @param {readonly number[]} at
 */
function differences(f, at) {
  const step = 2 ** -14;
  return at.map((value, i) => {
    const moved = (/** @type {number} */ by) => f([...at.slice(0, i), value + by, ...at.slice(i + 1)]);
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

/**
 * @param {readonly number[][]} inputs
 * @param {number} at
 * @param {number[]} values
 */
function replaced(inputs, at, values) {
  return inputs.map((input, i) => (i === at ? values : input));
}

/** Multiples of 1/8 without a pattern, -2 to 2. */
function numbers(/** @type {number} */ length, /** @type {number} */ seed) {
  let state = seed * 7919;
  return Array.from({ length }, () => {
    state = (state * 16807) % 2147483647;
    return Math.round((state / 2147483647) * 32 - 16) / 8;
  });
}
