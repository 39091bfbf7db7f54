import fc from "@batchnorm/testing/properties";
import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import * as specification from "../../src/specification/index.js";
import { exactStatistics } from "../helpers/exact.js";

const { batchNormalizingTransform, mean, normalize, scaleAndShift, variance } = specification;

describe("Algorithm 1, line by line, on 1, 2, 3, 6", () => {
  const x = Float64Array.of(1, 2, 3, 6);

  it("the mean is 12 / 4", () => {
    expect(mean(x)).toBe(3);
  });

  it("the variance is biased: (4 + 1 + 0 + 9) / 4", () => {
    expect(variance(x, 3)).toBe(3.5);
  });

  it("normalizes by the root of the variance and epsilon: here of 3.5 + 0.5", () => {
    expect([...normalize(x, 3, 3.5, 0.5)]).toEqual([-1, -0.5, 0, 1.5]);
  });

  it("scales by gamma, then shifts by beta", () => {
    expect([...scaleAndShift(Float64Array.of(-1, -0.5, 0, 1.5), 10, 1)]).toEqual([-9, -4, 1, 16]);
  });

  it("is these four in order", () => {
    expect(batchNormalizingTransform(x, 10, 1, 0.5)).toEqual({
      mu: 3,
      sigma2: 3.5,
      xHat: Float64Array.of(-1, -0.5, 0, 1.5),
      y: Float64Array.of(-9, -4, 1, 16),
    });
  });
});

describe("the statistics of a mini-batch", () => {
  it.each([
    ["ordinary", 0.3, 1, 1e3],
    ["a million deviations from zero", 1e6, 1, 1e4],
    ["tiny", 1e-23, 1e-23, 1e3],
    ["huge", 1e18, 1e18, 1e3],
  ])("are those of exact sums, for data that is %s", (_, center, deviation, m) => {
    const x = new Random(5).normals(m, center, deviation);
    const exact = exactStatistics(x);
    const mu = mean(x);
    expect(Math.abs(mu - exact.mean)).toBeLessThanOrEqual(2 ** -52 * Math.abs(exact.mean));
    // the variance about a rounded mean is larger by the square of what was rounded off
    expect(Math.abs(variance(x, mu) - exact.variance)).toBeLessThanOrEqual(2 ** -51 * exact.variance);
  });

  it("lose nothing to the length of the batch: a million times 0.1", () => {
    const x = new Float64Array(1e6).fill(0.1);
    expect(Math.abs(mean(x) - 0.1)).toBeLessThanOrEqual(2 ** -56);
    expect(variance(x, 0.1)).toBe(0);
  });

  it("that holds a NaN are NaN, and that holds an infinity are not finite", () => {
    expect(mean(Float64Array.of(1, Number.NaN, 2))).toBeNaN();
    expect(mean(Float64Array.of(1, Infinity, 2))).toBe(Infinity);
    expect(mean(Float64Array.of(1, Infinity, -Infinity))).toBeNaN();
    expect(variance(Float64Array.of(1, Infinity), Infinity)).toBeNaN();
  });
});

describe("the transform", () => {
  const batch = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 40 });
  const far = fc.double({ min: -1000, max: 1000, noNaN: true });

  /** |a - b| at the size of the numbers that they were made from */
  function expectClose(a: Float64Array, b: Float64Array, tolerance: number): void {
    a.forEach((value, i) => {
      expect(Math.abs(value - (b[i] as number))).toBeLessThanOrEqual(tolerance);
    });
  }

  it("makes the mean of x-hat 0 and its mean square sigma^2 / (sigma^2 + epsilon)", () => {
    fc.assert(
      fc.property(batch, (values) => {
        const { xHat, sigma2 } = batchNormalizingTransform(Float64Array.from(values), 1, 0, 1e-2);
        expect(Math.abs(mean(xHat))).toBeLessThan(1e-12);
        expect(variance(xHat, 0)).toBeCloseTo(sigma2 / (sigma2 + 1e-2), 10);
      }),
    );
  });

  it("does not see a shift of its input", () => {
    fc.assert(
      fc.property(batch, far, (values, shift) => {
        const x = Float64Array.from(values);
        const { y } = batchNormalizingTransform(x, 1.5, -0.5, 1);
        const shifted = batchNormalizingTransform(
          x.map((v) => v + shift),
          1.5,
          -0.5,
          1,
        );
        expectClose(shifted.y, y, 1e-10);
      }),
    );
  });

  it("does not see a scale of its input, BN((a W) u) = BN(W u), epsilon aside (section 3.3)", () => {
    fc.assert(
      fc.property(
        batch.filter((values) => Math.max(...values) - Math.min(...values) > 1e-3),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (values, scale) => {
          const x = Float64Array.from(values);
          const { y } = batchNormalizingTransform(x, 1.5, -0.5, 0);
          const scaled = x.map((v) => v * scale);
          expectClose(batchNormalizingTransform(scaled, 1.5, -0.5, 0).y, y, 1e-6);
          // a scale that is negative turns x-hat around
          const turned = x.map((v) => v * -scale);
          expectClose(batchNormalizingTransform(turned, -1.5, -0.5, 0).y, y, 1e-6);
        },
      ),
    );
  });

  it("can give its input back, with gamma its deviation and beta its mean (section 3)", () => {
    const x = new Random(7).normals(50, 3, 2);
    const mu = mean(x);
    expectClose(batchNormalizingTransform(x, Math.sqrt(variance(x, mu)), mu, 0).y, x, 1e-14);
  });

  it("of a constant activation is beta", () => {
    const { xHat, y } = batchNormalizingTransform(new Float64Array(7).fill(0.1), 3, 0.25, 1e-5);
    expectClose(xHat, new Float64Array(7), 1e-13);
    expectClose(y, new Float64Array(7).fill(0.25), 1e-12);
  });
});
