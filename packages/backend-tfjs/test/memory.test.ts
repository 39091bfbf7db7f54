import { createCpuBackend } from "@batchnorm/backend-cpu";
import { BatchNorm1d } from "@batchnorm/layers";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createTfjsBackend } from "../src/index.js";
import { numbers } from "./data.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe.each([
  ["its own kernels", () => createTfjsBackend(tf)],
  ["kernels of a host", () => createTfjsBackend(tf, { host: createCpuBackend() })],
] as const)("tf.memory(), with %s", (_, open) => {
  const training = async (step: (bn: BatchNorm1d<tf.Tensor>, x: tf.Tensor, dy: tf.Tensor) => void) => {
    const before = tf.memory().numTensors;
    const bn = new BatchNorm1d(await open(), 8);
    const x = tf.tensor2d(numbers(64), [8, 8]);
    const dy = tf.tensor2d(numbers(64, 2), [8, 8]);
    step(bn, x, dy);
    const after = tf.memory().numTensors;
    for (let i = 0; i < 100; i++) step(bn, x, dy);
    expect(tf.memory().numTensors).toBe(after);
    bn.dispose();
    tf.dispose([x, dy]);
    expect(tf.memory().numTensors).toBe(before);
  };

  it("is the same after 100 steps of forward, backward and step", () =>
    training((bn, x, dy) => {
      const y = bn.forward(x);
      const dx = bn.backward(dy);
      bn.step(0.01);
      bn.zeroGrad();
      tf.dispose([y, dx]);
    }));

  it("is the same after 100 steps inside tf.tidy, by the tape", () =>
    training((bn, x, dy) => {
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => bn.forward(x).mul(dy).sum() as tf.Scalar);
        expect(Object.keys(grads).length).toBeGreaterThan(1);
      });
    }));

  it("is the same after 100 calls that throw", () =>
    training((bn, x, dy) => {
      const wrong = tf.tensor2d(numbers(24), [8, 3]);
      expect(() => bn.forward(wrong)).toThrow("expected 8 channels");
      const y = bn.forward(x);
      expect(() => bn.backward(wrong)).toThrow("shape of y");
      expect(() => tf.tidy(() => bn.forward(dy.cast("int32")))).toThrow("must be float32");
      tf.dispose([y, wrong]);
    }));

  it("is the same after 100 steps that write into out, inside tf.tidy, which leaves it alone", () =>
    training((bn, x, dy) => {
      const out = tf.zerosLike(x);
      const own = dy.clone();
      tf.tidy(() => {
        bn.forward(x, { out });
        bn.backward(own, { out: own });
      });
      expect(out.dataSync().some((value) => value !== 0)).toBe(true);
      expect(own.dataSync()).not.toEqual(dy.dataSync());
      tf.dispose([out, own]);
    }));

  it("is the same where a kernel of the engine throws in the middle", () =>
    training((bn, x) => {
      const engine = tf.engine();
      const run = engine.runKernel.bind(engine);
      for (let failing = 0; failing < 60; failing++) {
        let asked = 0;
        engine.runKernel = ((...args: Parameters<typeof run>) => {
          if (asked++ === failing) throw new Error("out of memory");
          return run(...args);
        }) as typeof engine.runKernel;
        try {
          const y = bn.forward(x);
          y.dispose();
        } catch (error) {
          expect((error as Error).message).toBe("out of memory");
        } finally {
          engine.runKernel = run as typeof engine.runKernel;
        }
      }
      bn.forward(x).dispose();
    }));
});
