import { BatchNorm2d, batchNorm } from "@batchnorm/layers";

/**
 * @typedef {typeof import("@tensorflow/tfjs-core")} TensorFlow
 * @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor
 * @typedef {import("@batchnorm/core").Backend<Tensor>} Backend
 * @typedef {import("./workload.mjs").Workload} Workload
 * @typedef {import("./workload.mjs").Implementation} Implementation
 */

/** @param {Workload} workload */
const optionsOf = ({ channelsLast, relu }) =>
  /** @type {const} */ ({
    layout: channelsLast ? "channels-last" : "channels-first",
    activation: relu ? "relu" : null,
  });

/**
 * A layer, as the benchmarks run it: zeroGrad, forward and backward in a step.
 *
 * @param {TensorFlow} tf
 * @param {Workload} workload
 * @param {Backend} backend
 * @returns {Implementation}
 */
export function layer(tf, workload, backend) {
  const { x, dy, weight, bias } = workload;
  const bn = new BatchNorm2d(backend, weight.size, optionsOf(workload));
  if (bn.weight === null || bn.bias === null) throw new Error("the layer has no parameters");
  backend.assign(bn.weight.value, weight);
  backend.assign(bn.bias.value, bias);
  const gradients = [bn.weight.grad, bn.bias.grad];
  return {
    step: () => {
      bn.train();
      bn.zeroGrad();
      const y = bn.forward(x);
      const dx = bn.backward(dy);
      return [y, dx, ...gradients.map((gradient) => tf.clone(gradient))];
    },
    infer: () => {
      bn.eval();
      return [bn.forward(x)];
    },
    dispose: () => bn.dispose(),
  };
}

/**
 * The function, its gradients by the tape.
 *
 * @param {TensorFlow} tf
 * @param {Workload} workload
 * @param {Backend} backend
 * @returns {Implementation}
 */
export function tape(tf, workload, backend) {
  const { x, dy, weight, bias } = workload;
  const runningMean = backend.state(new Float32Array(weight.size), weight.shape);
  const runningVar = backend.state(new Float32Array(weight.size).fill(1), weight.shape);
  const options = { ...optionsOf(workload), runningMean, runningVar };
  /** @type {(x: Tensor, weight: Tensor, bias: Tensor) => Tensor} */
  const train = (values, gamma, beta) =>
    batchNorm(backend, values, { ...options, weight: gamma, bias: beta, training: true }).y;
  return {
    step: () =>
      tf.tidy(() => {
        const { value, grads } = tf.valueAndGrads(/** @type {any} */ (train))([x, weight, bias], dy);
        return [value, ...grads];
      }),
    infer: () => tf.tidy(() => [batchNorm(backend, x, { ...options, weight, bias }).y]),
    dispose: () => tf.dispose([runningMean, runningVar]),
  };
}
