import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { engines } from "../helpers/plain-engine.js";

const o = { needs: { dx: true, affine: true }, out: null, sums: null };

describe.each(engines)("by %s", (_, makeEngine) => {
  describe.each([
    { outer: 0, channels: 3, inner: 4 },
    { outer: 2, channels: 3, inner: 0 },
  ])("an empty batch, $outer x $channels x $inner", (view) => {
    const engine = makeEngine();
    const backend = hostBackend(engine);
    const shape = [view.outer, view.channels, view.inner];
    const x = backend.tensor([], shape);
    const dy = backend.tensor([], shape);
    const weight = backend.state([1, 2, 3], [3]);
    const bias = backend.state([4, 5, 6], [3]);
    const pass = { x, view, weight, bias, eps: 1e-5, activation: null };
    const statistics = { mean: backend.state([1, 2, 3], [3]), variance: backend.state([1, 2, 3], [3]) };

    it("has an empty result in training and inference", () => {
      const { y, moments } = backend.train(pass, null);
      expect(y.shape).toEqual(shape);
      expect(y.values).toHaveLength(0);
      expect(moments.count).toBe(0);
      expect(backend.apply(pass, moments, null).values).toHaveLength(0);
      expect(backend.apply(pass, statistics, null).values).toHaveLength(0);
    });

    it("has an empty dx, and parameter gradients of zeros", () => {
      const { moments } = backend.train(pass, null);
      for (const source of [moments, statistics]) {
        const gradients = backend.backward(pass, source, dy, o);
        expect(gradients.dx?.values).toHaveLength(0);
        expect([...(gradients.dweight?.values ?? [])]).toEqual([0, 0, 0]);
        expect([...(gradients.dbias?.values ?? [])]).toEqual([0, 0, 0]);
      }
    });

    it("has parameter gradients of zeros, whatever the statistics are", () => {
      const odd = { mean: backend.state([0, 0, 0], [3]), variance: backend.state([0, Infinity, Number.NaN], [3]) };
      const { dweight, dbias } = backend.backward({ ...pass, eps: 0 }, odd, dy, o);
      expect([...(dweight?.values ?? [])]).toEqual([0, 0, 0]);
      expect([...(dbias?.values ?? [])]).toEqual([0, 0, 0]);
    });

    it("has moments and gradient sums of zeros", async () => {
      const moments = backend.moments(pass);
      expect(await moments.export()).toEqual(new Float64Array(10));
      expect(await backend.train(pass, null).moments.export()).toEqual(new Float64Array(10));
      expect(await backend.gradientSums(pass, moments, dy).export()).toEqual(new Float64Array(6));
    });

    it("has, as a shard of others, the parameter gradients of the sums of the whole", () => {
      const whole = backend.importMoments(Float64Array.of(4, 1, 2, 3, 0, 0, 0, 12, 12, 12)); // variances of 3
      const sums = backend.importGradientSums(Float64Array.of(1, 2, 3, 4, 5, 6));
      const { dx, dweight, dbias } = backend.backward({ ...pass, eps: 1 }, whole, dy, { ...o, sums });
      expect(dx?.values).toHaveLength(0);
      expect([...(dweight?.values ?? [])]).toEqual([2, 2.5, 3]);
      expect([...(dbias?.values ?? [])]).toEqual([1, 2, 3]);
    });

    it("comes in `out`, where that is given", () => {
      const out = backend.tensor([], shape);
      expect(backend.train(pass, out).y).toBe(out);
      expect(backend.apply(pass, statistics, out)).toBe(out);
      expect(backend.backward(pass, statistics, dy, { ...o, out }).dx).toBe(out);
    });

    it("is never given to a kernel", () => {
      expect(new Set(engine.asked)).toEqual(new Set(["allocate"]));
    });
  });

  it("a tensor without channels has results without channels", () => {
    const backend = hostBackend(makeEngine());
    const x = backend.tensor([], [4, 0, 3]);
    const none = backend.state([], [0]);
    const pass = {
      x,
      view: { outer: 4, channels: 0, inner: 3 },
      weight: none,
      bias: none,
      eps: 1e-5,
      activation: null,
    };
    const { y, moments } = backend.train(pass, null);
    const { dx, dweight } = backend.backward(pass, moments, x, o);
    expect([y, dx, dweight].map((t) => t?.values.length)).toEqual([0, 0, 0]);
  });
});
