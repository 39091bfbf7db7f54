/**
 * @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor
 *
 * @typedef {object} CountedCase
 * @property {readonly [number, number, number, number]} shape
 * @property {boolean} channelsLast
 * @property {boolean} relu
 *
 * @typedef {object} Workload what an implementation is given
 * @property {Tensor} x
 * @property {Tensor} dy
 * @property {Tensor} weight
 * @property {Tensor} bias
 * @property {boolean} channelsLast
 * @property {boolean} relu
 *
 * @typedef {object} Implementation
 * @property {() => Tensor[]} step a training step: y and the gradients by x, weight and bias; the caller's to dispose
 * @property {() => Tensor[]} infer y by the running statistics; the caller's to dispose
 * @property {() => void} dispose
 */

/**
 * Tensors as they come in a network, out of kernels, and so in the memory of the engine.
 *
 * @param {typeof import("@tensorflow/tfjs-core")} tf
 * @param {CountedCase} asked
 * @returns {Workload}
 */
export function workloadOf(tf, { shape, channelsLast, relu }) {
  const channels = shape[channelsLast ? 3 : 1];
  /** @type {(shape: readonly number[], phase: number) => Tensor} */
  const made = (of, phase) =>
    tf.tidy(() => {
      const size = of.reduce((product, length) => product * length, 1);
      const values = Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + phase));
      return tf.add(tf.tensor(values, [...of]), 0.25);
    });
  return {
    x: made(shape, 0),
    dy: made(shape, 1),
    weight: made([channels], 2),
    bias: made([channels], 3),
    channelsLast,
    relu,
  };
}
