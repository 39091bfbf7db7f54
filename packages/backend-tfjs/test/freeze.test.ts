import { createCpuBackend } from "@batchnorm/backend-cpu";
import { BatchNorm1d } from "@batchnorm/layers";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createTfjsBackend } from "../src/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const optimizers = { "tf.train.sgd": () => tf.train.sgd(0.1), "tf.train.adam": () => tf.train.adam(0.1) };

describe.each([
  ["its own kernels", () => createTfjsBackend(tf)],
  ["kernels of a host", () => createTfjsBackend(tf, { host: createCpuBackend() })],
] as const)("one minimize(), with %s", (_, open) => {
  const minimized = async (optimizer: tf.Optimizer, prepare: (bn: BatchNorm1d<tf.Tensor>) => unknown) => {
    const bn = new BatchNorm1d(await open(), 2);
    bn.loadStateDict({ weight: [1, 2], bias: [0, 1], running_mean: [3, 4], running_var: [5, 6] });
    prepare(bn);
    const scale = tf.scalar(1).variable();
    const x = tf.tensor2d([1, 2, 3, 4, 5, 7], [3, 2]);
    const d = tf.tensor2d([1, -1, 0.5, 2, -2, 0], [3, 2]);
    const loss = () => {
      // as a penalty that looks at the running statistics, too
      const distance = tf.sum(tf.square(tf.sub(bn.runningMean as tf.Tensor, 1)));
      return tf.add(tf.mul(tf.sum(tf.mul(bn.forward(x), d)), scale), distance) as tf.Scalar;
    };
    optimizer.minimize(loss);
    const { weight, bias, running_mean, running_var } = await bn.stateDict();
    const [moved] = await scale.data();
    bn.dispose();
    optimizer.dispose();
    tf.dispose([scale, x, d]);
    return { weight: [...(weight ?? [])], bias: [...(bias ?? [])], running_mean, running_var, moved };
  };

  it.each(Object.entries(optimizers))(
    "of %s leaves frozen parameters alone, and moves the others",
    async (_name, make) => {
      const { weight, bias, moved } = await minimized(make(), (bn) => bn.freeze({ parameters: true }));
      expect(weight).toEqual([1, 2]);
      expect(bias).toEqual([0, 1]);
      expect(moved).not.toBe(1);
    },
  );

  it.each(Object.entries(optimizers))(
    "of %s moves them without parameters: true, and after unfreeze()",
    async (_name, make) => {
      for (const prepare of [
        (bn: BatchNorm1d<tf.Tensor>) => bn.freeze(),
        (bn: BatchNorm1d<tf.Tensor>) => bn.freeze({ parameters: true }).freeze(),
        (bn: BatchNorm1d<tf.Tensor>) => bn.freeze({ parameters: true }).unfreeze().eval(),
      ]) {
        const { weight, bias } = await minimized(make(), prepare);
        for (const [c, value] of [1, 2].entries()) expect(weight[c]).not.toBe(value);
        for (const [c, value] of [0, 1].entries()) expect(bias[c]).not.toBe(value);
      }
    },
  );

  it("of tf.train.sgd moves weight and bias by their gradients", async () => {
    const { weight, bias } = await minimized(tf.train.sgd(0.1), (bn) => bn.freeze());
    expect(weight).toEqual([1.26833, 1.91835].map((value) => expect.closeTo(value, 5)));
    expect(bias).toEqual([0.05, 0.9].map((value) => expect.closeTo(value, 5)));
  });

  it("leaves running statistics to the layer, whatever the loss makes of them", async () => {
    const { running_mean, running_var } = await minimized(tf.train.sgd(0.1), (bn) => bn.eval());
    expect(running_mean).toEqual(Float32Array.of(3, 4));
    expect(running_var).toEqual(Float32Array.of(5, 6));
  });
});
