import { createCpuBackend } from "@batchnorm/backend-cpu";
import { BatchNorm2d, batchNorm } from "@batchnorm/layers";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTfjsBackend, type Tensor, type TfjsBackend } from "../src/index.js";
import { numbers } from "./data.js";

const shape: [number, number, number, number] = [4, 3, 5, 2];
const size = shape.reduce((product, n) => product * n, 1);

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const kinds: readonly (readonly [string, () => Promise<TfjsBackend>])[] = [
  ["its own kernels", () => createTfjsBackend(tf)],
  ["kernels of a host", () => createTfjsBackend(tf, { host: createCpuBackend() })],
];

describe.each(kinds)("gradients by tf.grads, with %s", (_, open) => {
  const made: { dispose(): void }[] = [];
  afterEach(() => {
    for (const one of made.splice(0)) one.dispose();
  });
  const layer = async (training: boolean) => {
    const bn = new BatchNorm2d(await open(), 3, { activation: "relu" });
    made.push(bn);
    bn.loadStateDict({
      weight: numbers(3, 5),
      bias: numbers(3, 6),
      running_mean: numbers(3, 7),
      running_var: Float32Array.of(1, 2, 3),
      num_batches_tracked: 3,
    });
    if (!training) bn.eval();
    return bn;
  };

  it.each([true, false])("are those of backward(), training: %s", async (training) => {
    const bn = await layer(training);
    const x = tf.tensor(numbers(size), shape);
    const dy = tf.tensor(numbers(size, 2), shape);
    const byTape = tf.grad((input: Tensor) => bn.forward(input))(x, dy);
    bn.forward(x).dispose();
    const byCall = bn.backward(dy);
    expect(await byTape.data()).toEqual(await byCall.data());
    tf.dispose([x, dy, byTape, byCall]);
  });

  it("refuse out, whose new values the tape does not see", async () => {
    const bn = await layer(true);
    const x = tf.tensor(numbers(size), shape);
    const out = tf.zerosLike(x);
    expect(() => tf.grad((input: Tensor) => bn.forward(input, { out }))(x)).toThrow(
      /out cannot be used inside tf\.grads/,
    );
    expect(out.dataSync().every((value) => value === 0)).toBe(true);
    bn.forward(x, { out });
    expect(out.dataSync().some((value) => value !== 0)).toBe(true);
    tf.dispose([x, out]);
  });

  it("reach weight and bias, and leave the running statistics alone", async () => {
    const bn = await layer(true);
    const x = tf.tensor(numbers(size), shape);
    const dy = tf.tensor(numbers(size, 2), shape);
    const loss = () => bn.forward(x).mul(dy).sum() as tf.Scalar;
    const { grads } = tf.variableGrads(loss);
    const byTape = new Map(Object.entries(grads).filter(([, grad]) => grad !== null));
    expect(byTape.size).toBe(2);
    bn.zeroGrad();
    bn.forward(x).dispose();
    bn.backward(dy).dispose();
    const [weight, bias] = await Promise.all([...byTape.values()].map((grad) => grad.data()));
    const expected = await Promise.all([bn.weight?.grad?.data(), bn.bias?.grad?.data()]);
    for (const [i, values] of [weight, bias].entries()) {
      for (const [c, value] of (values ?? []).entries()) expect(value).toBeCloseTo(expected[i]?.[c] as number, 4);
    }
    tf.dispose([x, dy, grads]);
  });

  it("let an optimizer of TensorFlow.js train a layer", async () => {
    const bn = await layer(true);
    const x = tf.tensor(numbers(size), shape);
    const loss = () => bn.forward(x).sub(1).square().mean() as tf.Scalar;
    const optimizer = tf.train.sgd(0.1);
    const first = optimizer.minimize(loss, true);
    for (let step = 0; step < 50; step++) optimizer.minimize(loss);
    const last = optimizer.minimize(loss, true);
    expect((await last?.data())?.[0]).toBeLessThan(0.8 * ((await first?.data())?.[0] ?? 0));
    optimizer.dispose();
    tf.dispose([x, first as tf.Scalar, last as tf.Scalar]);
  });

  it("of a layer that is used twice in one loss are right, and of the function too", async () => {
    const backend = await open();
    const x = tf.tensor(numbers(size), shape);
    const weight = tf.tensor(numbers(3, 5));
    const bias = tf.tensor(numbers(3, 6));
    const twice = (input: Tensor) => {
      const first = batchNorm(backend, input, { training: true, weight, bias });
      const second = batchNorm(backend, first.y, { training: true, weight, bias });
      first.dispose();
      second.dispose();
      return second.y;
    };
    const dy = tf.tensor(numbers(size, 2), shape);
    const byTape = tf.grad(twice)(x, dy);
    const first = batchNorm(backend, x, { training: true, weight, bias });
    const second = batchNorm(backend, first.y, { training: true, weight, bias });
    const inner = second.backward(dy);
    const outer = first.backward(inner.dx as Tensor);
    expect(await byTape.data()).toEqual(await outer.dx?.data());
    first.dispose();
    second.dispose();
    tf.dispose([x, weight, bias, dy, byTape, first.y, second.y]);
    for (const { dx, dweight, dbias } of [inner, outer]) tf.dispose([dx, dweight, dbias] as Tensor[]);
  });
});
