import { BatchNorm1d } from "@batchnorm/layers";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { createTfjsBackend } from "../src/index.js";
import { numbers } from "./data.js";

it("a tf.layers.Layer around bn.forward trains no weight and bias under model.fit, as the README warns", async () => {
  await tf.setBackend("cpu");
  const bn = new BatchNorm1d(await createTfjsBackend(tf), 2);
  class Wrapper extends tf.layers.Layer {
    static className = "Wrapper";
    override computeOutputShape(shape: tf.Shape) {
      return shape;
    }
    override call(inputs: tf.Tensor | tf.Tensor[]) {
      return bn.forward([inputs].flat()[0] as tf.Tensor);
    }
  }
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), new Wrapper()] });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
  const before = await model.layers[0]?.getWeights()[0]?.data();
  await model.fit(tf.tensor2d(numbers(24), [8, 3]), tf.tensor2d(numbers(16, 2), [8, 2]), { epochs: 2, verbose: 0 });
  expect(await model.layers[0]?.getWeights()[0]?.data()).not.toEqual(before);
  const { weight, bias } = await bn.stateDict();
  expect(weight).toEqual(Float32Array.of(1, 1));
  expect(bias).toEqual(Float32Array.of(0, 0));
});
