import { createCpuBackend } from "@batchnorm/backend-cpu";
import { BatchNorm1d, batchNorm } from "@batchnorm/layers";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createTfjsBackend, type Tensor, type TfjsBackend } from "../src/index.js";
import { numbers } from "./data.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const x = [0, 1, 3];
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));
const read = async (tensor: Tensor) => [...(await tensor.data())];
const squares = (tensor: Tensor) => tf.sum(tf.square(tensor));

/** y in inference, by mean 1, variance 3, eps 1, gamma 1 and beta 0. */
function inferred(backend: TfjsBackend, input: Tensor): Tensor {
  const state = (value: number) => backend.tensor([value], [1]);
  const parameters = { weight: state(1), bias: state(0), runningMean: state(1), runningVar: state(3) };
  return called(batchNorm(backend, input, { ...parameters, eps: 1 }));
}

function trained(backend: TfjsBackend, input: Tensor): Tensor {
  return called(batchNorm(backend, input, { training: true, eps: 1 }));
}

function called(call: { readonly y: Tensor; dispose(): void }): Tensor {
  call.dispose();
  return call.y;
}

describe("a gradient of gradients", () => {
  it("in inference reaches what x is made of, and x", async () => {
    const backend = await createTfjsBackend(tf);
    const column = tf.tensor2d(x, [3, 1]);
    const penalty = (input: Tensor, w: Tensor) =>
      squares(tf.grad((h: Tensor) => squares(inferred(backend, tf.mul(h, w))))(input));
    const w = tf.scalar(2);
    expect(await read(penalty(column, w))).toEqual(near([27]));
    const [byX, byW] = tf.grads(penalty)([column, w]) as [Tensor, Tensor];
    expect(await read(byW)).toEqual(near([59]));
    expect(await read(byX)).toEqual(near([-4, 4, 20]));
  });

  const first = (y: Tensor) => tf.sum(tf.slice(y, [0, 0], [1, 1]));

  it("in training flows through the batch's statistics", async () => {
    const backend = await createTfjsBackend(tf);
    const penalty = (input: Tensor) => squares(tf.grad((of: Tensor) => first(trained(backend, of)))(input));
    const dx = tf.grad(penalty)(tf.tensor2d(x, [3, 1]));
    expect(await read(dx)).toEqual(near([0.1168092, -0.06548, -0.0513291]));
  });

  it("is the same by backward() on the tape as by a tape in a tape", async () => {
    const backend = await createTfjsBackend(tf);
    const bn = new BatchNorm1d(backend, 2);
    const input = tf.tensor2d(numbers(12), [6, 2]);
    const dy = tf.tensor2d(numbers(12, 2), [6, 2]);
    const byCall = tf.grad((of: Tensor) => {
      bn.forward(of);
      return squares(bn.backward(dy));
    })(input);
    const byTape = tf.grad((of: Tensor) => squares(tf.grad((inner: Tensor) => bn.forward(inner))(of, dy)))(input);
    expect(await read(byCall)).toEqual(near(await read(byTape)));
  });

  it("can be differentiated once more", async () => {
    const backend = await createTfjsBackend(tf);
    const direction = tf.tensor2d([1, -2, 0.5], [3, 1]);
    const second = (input: Tensor) =>
      tf.sum(
        tf.mul(
          tf.grad((at: Tensor) => squares(tf.grad((of: Tensor) => first(trained(backend, of)))(at)))(input),
          direction,
        ),
      );
    const third = await read(tf.grad(second)(tf.tensor2d(x, [3, 1])));
    const step = 2 ** -6;
    for (const i of x.keys()) {
      const at = (by: number) =>
        second(
          tf.tensor2d(
            x.map((value, j) => (i === j ? value + by : value)),
            [3, 1],
          ),
        ).dataSync()[0] as number;
      expect(third[i]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 3);
    }
  });

  it("of an empty batch is empty", async () => {
    const backend = await createTfjsBackend(tf);
    const bn = new BatchNorm1d(backend, 2);
    const empty = tf.tensor2d([], [0, 2]);
    const dx = tf.grad((of: Tensor) => squares(tf.grad((inner: Tensor) => bn.forward(inner))(of)))(empty);
    expect(dx.shape).toEqual([0, 2]);
  });

  it("leaves no tensor behind", async () => {
    const backend = await createTfjsBackend(tf);
    const bn = new BatchNorm1d(backend, 2, { activation: "relu" });
    const input = tf.tensor2d(numbers(12), [6, 2]);
    const step = () =>
      tf.tidy(() => {
        tf.variableGrads(() => squares(tf.grad((of: Tensor) => bn.forward(of))(input)) as tf.Scalar);
      });
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) step();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("with a host backend", () => {
  const open = () => createTfjsBackend(tf, { host: createCpuBackend() });
  const refusal = /a host backend has computed cannot be differentiated again; .*createTfjsBackend\(tf\)/;

  it("a gradient of gradients is refused, and says what to do", async () => {
    const backend = await open();
    for (const pass of [inferred, trained]) {
      const penalty = (w: Tensor) =>
        squares(tf.grad((h: Tensor) => squares(pass(backend, tf.mul(h, w))))(tf.tensor2d(x, [3, 1])));
      expect(() => tf.grad(penalty)(tf.scalar(2))).toThrow(refusal);
      expect(() =>
        tf.grad((h: Tensor) => squares(tf.grad((of: Tensor) => squares(pass(backend, of)))(h)))(tf.tensor2d(x, [3, 1])),
      ).toThrow(refusal);
    }
  });

  it("a first gradient under an outer tape is what it is without one", async () => {
    const backend = await open();
    const column = tf.tensor2d(x, [3, 1]);
    for (const pass of [inferred, trained]) {
      const loss = (of: Tensor) => squares(pass(backend, of));
      const alone = await read(tf.grad(loss)(column));
      let inside: Tensor | null = null;
      // an outer tape that differentiates the pass, and something else, but not the gradient
      const outer = tf.grad((of: Tensor) => {
        inside = tf.keep(tf.grad(loss)(of));
        return tf.add(loss(of), tf.sum(tf.mul(of, 2)));
      })(column);
      expect(await read(inside as unknown as Tensor)).toEqual(alone);
      expect(await read(outer)).toEqual(near(alone.map((value) => value + 2)));
    }
  });
});

describe("the pieces for merged statistics on a tape", () => {
  it("say that the tape has this shard only", async () => {
    const backend = await createTfjsBackend(tf);
    const view = { outer: 3, channels: 1, inner: 1 };
    const passOf = (of: Tensor) => ({ x: of, view, weight: null, bias: null, eps: 1, activation: null });
    const o = { needs: { dx: true, affine: true }, out: null };
    const refusal = /backward\(\) by the moments of several shards cannot be differentiated by the tape/;
    const column = tf.tensor2d(x, [3, 1]);
    const whole = backend.merge([column, tf.mul(column, 2)].map((x) => backend.moments({ x, view })));
    const sums = backend.gradientSums(passOf(column), whole, column);
    const passes: Readonly<Record<string, (of: Tensor) => Tensor | null>> = {
      apply: (of) => backend.apply(passOf(of), whole, null),
      "backward with sums": (of) => backend.backward(passOf(of), whole, of, { ...o, sums }).dx,
      backward: (of) => backend.backward(passOf(of), whole, of, { ...o, sums: null }).dx,
    };
    for (const [name, pass] of Object.entries(passes)) {
      expect(() => tf.grad((of: Tensor) => tf.sum(pass(of) as Tensor))(column), name).toThrow(refusal);
      // what is only computed there is what it is without a tape
      const alone = await read(pass(column) as Tensor);
      let inside: Tensor | null = null;
      tf.grad((of: Tensor) => {
        inside = tf.keep(pass(of) as Tensor);
        return tf.sum(tf.mul(of, 2));
      })(column);
      expect(await read(inside as unknown as Tensor), name).toEqual(alone);
    }
  });
});
