import { specification, type View } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { type Batch, makeBatch } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import type { Result } from "./helpers/bounds.js";
import { Random } from "./helpers/random.js";
import { runInference, runTraining } from "./helpers/run.js";

const backend = createCpuBackend();
const odd = 1; // the channel that is spoilt

const views: View[] = [
  { outer: 3, channels: 3, inner: 20 },
  { outer: 70, channels: 3, inner: 1 },
  { outer: 5, channels: 3, inner: 150 },
  { outer: 6, channels: 3, inner: 7 },
];

/** The batch with a value of its odd channel replaced: number `at` in the order of memory. */
function spoil(batch: Batch, which: "x" | "dy", at: number, value: number): Batch {
  const channel = specification.gather(batch[which], batch.view, odd).with(at, value);
  const spoilt = Float64Array.from(batch[which]);
  specification.scatter(channel, spoilt, batch.view, odd);
  return { ...batch, [which]: batch.dtype === "float32" ? Float32Array.from(spoilt) : spoilt };
}

function ofChannel(values: ArrayLike<number>, key: string, view: View, c: number): Float64Array {
  return key === "y" || key === "dx" ? specification.gather(values, view, c) : Float64Array.of(values[c]);
}

function expectOtherChannelsSame(
  actual: Partial<Record<Result, ArrayLike<number>>>,
  expected: Partial<Record<Result, ArrayLike<number>>>,
  view: View,
): void {
  for (const key of Object.keys(expected) as Result[]) {
    for (const c of [0, 2]) {
      const got = bits(ofChannel(actual[key] ?? [], key, view, c));
      expect(got, `${key} of channel ${c}`).toEqual(bits(ofChannel(expected[key] ?? [], key, view, c)));
    }
  }
}

const values = [Number.NaN, Infinity, -Infinity];

describe.each(["float32", "float64"] as const)("in %s a value that is not finite", (dtype) => {
  describe.each(views)("on $outer x $channels x $inner", (view) => {
    const batch = makeBatch(new Random(71), view, dtype);

    it.each([null, "relu"] as const)("in x leaves the bits of other channels alone, activation %s", (activation) => {
      const whole = runTraining(backend, batch, activation);
      const fixed = { mean: [0, 1, 2], variance: [1, 2, 3] };
      const inferred = runInference(backend, batch, activation, fixed);
      for (const value of values) {
        for (const at of [0, 1, view.outer * view.inner - 1]) {
          const spoilt = spoil(batch, "x", at, value);
          expectOtherChannelsSame(runTraining(backend, spoilt, activation), whole, view);
          expectOtherChannelsSame(runInference(backend, spoilt, activation, fixed), inferred, view);
        }
      }
    });

    it("in dy leaves the bits of other channels alone, and all that does not depend on dy", () => {
      const whole = runTraining(backend, batch, null);
      for (const value of values) {
        const spoilt = runTraining(backend, spoil(batch, "dy", 2, value), null);
        expectOtherChannelsSame(spoilt, whole, view);
        expect(spoilt.y).toEqual(whole.y);
        expect(spoilt.dGamma?.[odd]).not.toSatisfy(Number.isFinite);
        expect(spoilt.dBeta?.[odd]).not.toSatisfy(Number.isFinite);
      }
    });

    it("in x shows in its own channel as the specification has it", () => {
      for (const value of values) {
        const spoilt = spoil(batch, "x", 1, value);
        const ran = specification.train(spoilt.x, view, { ...spoilt, activation: null });
        const results = runTraining(backend, spoilt, null);
        const y = specification.gather(results.y ?? [], view, odd);
        expect(y).toEqual(specification.gather(ran.y, view, odd));
        expect(results.mean?.[odd]).toBe(ran.mean[odd]);
        expect(results.variance?.[odd]).toBe(ran.variance[odd]);
      }
    });

    it("in x during inference stays where it is", () => {
      const fixed = { mean: [0, 1, 2], variance: [1, 2, 3] };
      const whole = runInference(backend, batch, null, fixed);
      const spoilt = runInference(backend, spoil(batch, "x", 1, Number.NaN), null, fixed);
      const expected = specification.gather(whole.y ?? [], view, odd).with(1, Number.NaN);
      expect(specification.gather(spoilt.y ?? [], view, odd)).toEqual(expected);
    });
  });
});

it("ReLU keeps a NaN and cuts an infinity by its sign, as the specification does", () => {
  const x = backend.tensor([Number.NaN, Infinity, -Infinity, -1, 0, 2], [6, 1]);
  const view = { outer: 6, channels: 1, inner: 1 };
  const statistics = { mean: backend.state([0], [1]), variance: backend.state([1], [1]) };
  const o = { eps: 0, activation: "relu", out: null, needs: { dx: true, affine: false } } as const;
  const none = { weight: null, bias: null };
  expect([...backend.infer(x, view, statistics, none, o).values]).toEqual([Number.NaN, Infinity, 0, 0, 0, 2]);
  const dy = backend.tensor([1, 2, Number.NaN, Infinity, 5, 6], [6, 1]);
  const { dx } = backend.backward(dy, x, view, { statistics }, none, o);
  expect([...(dx?.values ?? [])]).toEqual([1, 2, 0, 0, 0, 6]);
});

it("a variance beyond float64 is infinite, and its channel all beta, as the specification has it", () => {
  const x = backend.tensor(Float64Array.of(1e200, 1, -1e200, 2, 1e200, 3), [3, 2]);
  const view = { outer: 3, channels: 2, inner: 1 };
  const p = { weight: null, bias: backend.state([5, 7], [2], "float64") };
  const { y, moments } = backend.train(x, view, p, { eps: 1e-5, activation: null, out: null });
  const ran = specification.train(x.values, view, { gamma: null, beta: [5, 7], eps: 1e-5, activation: null });
  expect(ran.variance[0]).toBe(Infinity);
  expect(moments.arrays.m2[0]).toBe(Infinity);
  expect([y.values[0], y.values[2], y.values[4]]).toEqual([5, 5, 5]);
});

it("a float32 running variance overflows at 1e20, and says so by an infinity", () => {
  const x = backend.tensor([1e20, -1e20], [2, 1]);
  const running = { mean: backend.state([0], [1]), variance: backend.state([1], [1]) };
  const moments = backend.moments(x, { outer: 2, channels: 1, inner: 1 });
  backend.move(running, moments, 0.1, 1);
  expect(running.variance.values[0]).toBe(Infinity);
  expect(running.mean.values[0]).toBe(0);
});
