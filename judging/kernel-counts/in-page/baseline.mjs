import { defaultEps, defaultMomentum } from "@batchnorm/core";

/**
 * @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor
 * @typedef {import("@tensorflow/tfjs-core").Variable} Variable
 */

/**
 * Batch normalization as users of TensorFlow.js write it; what the benchmarks time as
 * TensorFlow.js alone, in a page: tf.moments and tf.batchNorm, running statistics by variables, gradients by the tape.
 *
 * @param {typeof import("@tensorflow/tfjs-core")} tf
 * @param {import("./workload.mjs").Workload} workload
 * @returns {import("./workload.mjs").Implementation}
 */
export function baseline(tf, { x, dy, weight, bias, channelsLast, relu }) {
  const axes = channelsLast ? [0, 1, 2] : [0, 2, 3];
  const m = x.size / weight.size;
  const mean = tf.tidy(() => tf.variable(tf.zeros(weight.shape), false));
  const variance = tf.tidy(() => tf.variable(tf.ones(weight.shape), false));

  /** @type {(running: Variable, batch: Tensor) => void} */
  const move = (running, batch) =>
    running.assign(tf.add(tf.mul(running, 1 - defaultMomentum), tf.mul(batch, defaultMomentum)));

  /** @type {(values: any, mean: any, variance: any, weight: any, bias: any) => Tensor} */
  const normalize = (values, mean, variance, weight, bias) => {
    const normalized = (/** @type {any} */ last) => tf.batchNorm(last, mean, variance, bias, weight, defaultEps);
    // tf.batchNorm is right only where the channels are last.
    const y = channelsLast
      ? normalized(values)
      : tf.transpose(normalized(tf.transpose(values, [0, 2, 3, 1])), [0, 3, 1, 2]);
    return relu ? tf.relu(y) : y;
  };

  /** @type {(values: Tensor, weight: Tensor, bias: Tensor) => Tensor} */
  const train = (values, weight, bias) => {
    const batch = tf.moments(values, axes);
    move(mean, batch.mean);
    move(variance, tf.mul(batch.variance, m / (m - 1)));
    return normalize(values, batch.mean, batch.variance, weight, bias);
  };

  return {
    step: () =>
      tf.tidy(() => {
        const { value, grads } = tf.valueAndGrads(/** @type {any} */ (train))([x, weight, bias], dy);
        return [value, ...grads];
      }),
    infer: () => tf.tidy(() => [normalize(x, mean, variance, weight, bias)]),
    dispose: () => tf.dispose([mean, variance]),
  };
}
