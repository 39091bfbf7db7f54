import type { Backend } from "@batchnorm/core";
import { BatchNorm2d } from "@batchnorm/layers";
import { describeWith } from "@batchnorm/testing/describe-with";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends } from "../backends.mjs";
import { secondDerivatives } from "../second-derivatives/second-derivatives.mjs";
import { expectDerivatives } from "./derivatives.js";

type Layer = BatchNorm2d<tf.Tensor>;

/** Declares what training with the tape of TensorFlow.js has to keep, for a backend on one of its engines. */
export async function trainsByTape(name: string): Promise<void> {
  const judged = backends.find((one) => one.name === name);
  if (judged === undefined) throw new Error(`no backend is called ${name}`);
  const { component, open } = judged;
  if (component === undefined) return declared(name, open);
  await describeWith(component, `training on ${name}`, () => declared(name, open));
}

function declared(name: string, open: () => Promise<Backend>): void {
  describe(`training by the tape on the ${name} backend`, () => {
    let backend: Backend<tf.Tensor>;
    let x: tf.Tensor;
    let dy: tf.Tensor;
    beforeAll(async () => {
      backend = (await open()) as unknown as Backend<tf.Tensor>;
    });
    afterAll(() => tf.dispose([x, dy]));

    it("gives the gradients of gradients that the specification has", async () => {
      const before = tf.memory().numTensors;
      expectDerivatives(await secondDerivatives(tf, backend));
      expect(tf.memory().numTensors).toBe(before);
    });

    const layers = ["channels-first", "channels-last"] as const;
    describe.each(layers)("%s", (layout) => {
      const shape = layout === "channels-first" ? [4, 3, 5, 5] : [4, 5, 5, 3];
      const make = () => {
        x = tf.randomNormal(shape, 0, 1, "float32", 1);
        dy = tf.randomNormal(shape, 0, 1, "float32", 2);
        return new BatchNorm2d(backend, 3, { layout, activation: "relu" });
      };

      it("gives the gradients of backward()", async () => {
        const layer = make();
        const byTape = tf.grad((input: tf.Tensor) => layer.forward(input))(x, dy);
        const { grads } = tf.variableGrads(() => tf.sum(tf.mul(layer.forward(x), dy)) as tf.Scalar);
        layer.zeroGrad();
        layer.forward(x).dispose();
        const byCall = layer.backward(dy);
        await expectSame(byTape, byCall);
        const [weight, bias] = Object.values(grads).filter((grad) => grad !== null);
        await expectSame(weight, layer.weight?.grad);
        await expectSame(bias, layer.bias?.grad);
        layer.dispose();
        tf.dispose([x, dy, byTape, byCall, grads]);
      });

      const steps: Readonly<Record<string, (layer: Layer) => void>> = {
        "of forward, backward and step": (layer) => {
          const y = layer.forward(x);
          const dx = layer.backward(dy);
          layer.step(0.01);
          layer.zeroGrad();
          tf.dispose([y, dx]);
        },
        "by the tape inside tf.tidy": (layer) => {
          tf.tidy(() => {
            tf.variableGrads(() => tf.sum(tf.mul(layer.forward(x), dy)) as tf.Scalar);
          });
        },
        "of which every call throws": (layer) => {
          const wrong = tf.reshape(x, [-1]);
          expect(() => layer.forward(wrong)).toThrow("expected 4D input");
          expect(() => tf.tidy(() => layer.forward(wrong))).toThrow("expected 4D input");
          layer.forward(x).dispose();
          expect(() => layer.backward(wrong)).toThrow("shape");
          wrong.dispose();
        },
      };
      it.each(Object.entries(steps))("keeps as many tensors over 100 steps %s", (_, step) => {
        const before = tf.memory().numTensors;
        const layer = make();
        step(layer);
        const after = tf.memory().numTensors;
        for (let i = 0; i < 100; i++) step(layer);
        expect(tf.memory().numTensors).toBe(after);
        layer.dispose();
        tf.dispose([x, dy]);
        expect(tf.memory().numTensors).toBe(before);
      });
    });
  });
}

async function expectSame(actual: tf.Tensor | undefined, expected: tf.Tensor | null | undefined): Promise<void> {
  const [a, b] = await Promise.all([actual?.data(), expected?.data()]);
  expect(a?.length).toBeGreaterThan(0);
  expect(a?.length).toBe(b?.length);
  for (const [i, value] of (a ?? []).entries()) expect(value).toBeCloseTo(b?.[i] as number, 4);
}
