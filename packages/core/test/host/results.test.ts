import { bits } from "@batchnorm/testing/bits";
import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import { type HostBackend, type HostGradientSums, type HostMoments, hostBackend } from "../../src/host/index.js";
import type { DType } from "../../src/index.js";
import { backward, forward, type Pass, randomPass } from "../helpers/gradients.js";
import { makeInputs } from "../helpers/operations.js";
import { engines } from "../helpers/plain-engine.js";

const needs = { dx: true, affine: true };
const o = { needs, out: null, sums: null };

/** A pass of the specification on a backend; `rows` of it, where it is cut into shards. */
function upload(
  backend: HostBackend,
  { view, gamma, beta, eps, activation, ...pass }: Pass,
  dtype: DType,
  rows = [0, view.outer],
) {
  const rowSize = view.channels * view.inner;
  const [from, to] = rows as [number, number];
  const shard = (values: Float64Array) =>
    backend.tensor(values.subarray(from * rowSize, to * rowSize), [to - from, view.channels, view.inner], dtype);
  const byChannel = (values: ArrayLike<number>) => backend.state(Float64Array.from(values), [view.channels]);
  return {
    x: shard(pass.x),
    dy: shard(pass.dy),
    view: { ...view, outer: to - from },
    weight: byChannel(gamma),
    bias: byChannel(beta),
    eps,
    activation,
    statistics: pass.fixed && { mean: byChannel(pass.fixed.mean), variance: byChannel(pass.fixed.variance) },
  };
}

/** Equal but for the rounding of so many digits, at the scale of the largest. */
function expectNear(came: ArrayLike<number> | undefined, expected: ArrayLike<number>, digits: number): void {
  const scale = Math.max(...Array.from(expected, Math.abs));
  expect(came).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs((came?.[i] as number) - (expected[i] as number)), `at ${i}`).toBeLessThan(scale * 10 ** -digits);
  }
}

const views = [
  { outer: 7, channels: 3, inner: 5 },
  { outer: 30, channels: 4, inner: 1 },
];

describe.each(engines)("results by %s", (_, makeEngine) => {
  const backend = hostBackend(makeEngine());

  describe.each([
    ["float32", 6],
    ["float64", 12],
  ] as const)("in %s, with parameters in float64", (dtype, digits) => {
    it.each([null, "relu"] as const)("are the specification's in training, activation %s", (activation) => {
      for (const view of views) {
        const pass = rounded(randomPass(new Random(5), view, { activation, training: true }));
        const t = upload(backend, pass, dtype);
        const { y, moments } = backend.train(t, null);
        const { dx, dweight, dbias } = backend.backward(t, moments, t.dy, o);
        const { dx: dxOf, dGamma, dBeta } = backward(pass);
        expectNear(y.values, forward(pass).y, digits);
        expectNear(dx?.values, dxOf, digits);
        expectNear(dweight?.values, dGamma, 12);
        expectNear(dbias?.values, dBeta, 12);
        expect([y, dx].map((result) => result?.dtype)).toEqual([dtype, dtype]);
        expect([dweight, dbias].map((gradient) => gradient?.dtype)).toEqual(["float64", "float64"]);
      }
    });

    it.each([null, "relu"] as const)("are the specification's in inference, activation %s", (activation) => {
      for (const view of views) {
        const pass = rounded(randomPass(new Random(7), view, { activation, training: false }));
        const { statistics, ...t } = upload(backend, pass, dtype);
        if (statistics === null) throw new Error("a pass of inference has statistics");
        const { dx, dweight, dbias } = backend.backward(t, statistics, t.dy, o);
        const { dx: dxOf, dGamma, dBeta } = backward(pass);
        expectNear(backend.apply(t, statistics, null).values, forward(pass).y, digits);
        expectNear(dx?.values, dxOf, digits);
        expectNear(dweight?.values, dGamma, 12);
        expectNear(dbias?.values, dBeta, 12);
      }
    });

    it.each([null, "relu"] as const)("of shards are those of the whole, activation %s", (activation) => {
      const view = { outer: 9, channels: 3, inner: 5 };
      const pass = rounded(randomPass(new Random(11), view, { activation, training: true }));
      const shards = [
        [0, 4],
        [4, 4],
        [4, 9],
      ].map((rows) => upload(backend, pass, dtype, rows));
      const moments: HostMoments = backend.merge(shards.map((shard) => backend.moments(shard)));
      const sums: HostGradientSums = backend.merge(
        shards.map((shard) => backend.gradientSums(shard, moments, shard.dy)),
      );
      const y = shards.flatMap((shard) => [...backend.apply(shard, moments, null).values]);
      const gradients = shards.map((shard) => backend.backward(shard, moments, shard.dy, { needs, out: null, sums }));
      const { dx, dGamma, dBeta } = backward(pass);
      expectNear(y, forward(pass).y, digits);
      expectNear(
        gradients.flatMap(({ dx }) => [...(dx?.values ?? [])]),
        dx,
        digits,
      );
      for (const { dweight, dbias } of gradients) {
        expectNear(dweight?.values, dGamma, 12);
        expectNear(dbias?.values, dBeta, 12);
      }
    });
  });

  it.each(["float32", "float64"] as const)("in %s have the bits of their pieces", (dtype) => {
    const t = makeInputs(backend, { outer: 6, channels: 3, inner: 4 }, { dtype, activation: "relu" });
    const { y, moments } = backend.train(t, null);
    expect(bits(moments.values)).toBe(bits(backend.moments(t).values));
    expect(bits(y.values)).toBe(bits(backend.apply(t, moments, null).values));
    const whole = backend.backward(t, moments, t.dy, o);
    const sums = backend.gradientSums(t, moments, t.dy);
    const pieces = backend.backward(t, moments, t.dy, { ...o, sums });
    for (const key of ["dx", "dweight", "dbias"] as const) {
      expect(bits(pieces[key]?.values as Float32Array), key).toBe(bits(whole[key]?.values as Float32Array));
    }
  });

  it("of the parameters are those of the sums given", () => {
    const t = makeInputs(backend, { outer: 6, channels: 3, inner: 4 });
    const sums = backend.importGradientSums(Float64Array.of(1, 2, 3, 0, 0, 0));
    const { dweight, dbias } = backend.backward(t, t.moments, t.dy, { ...o, sums });
    expect([...(dbias?.values ?? [])]).toEqual([1, 2, 3]);
    expect([...(dweight?.values ?? [])]).toEqual([0, 0, 0]);
  });
});

/** With x and dy that float32 has. */
function rounded(pass: Pass): Pass {
  return { ...pass, x: pass.x.map(Math.fround), dy: pass.dy.map(Math.fround) };
}
