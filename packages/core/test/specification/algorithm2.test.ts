import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import * as specification from "../../src/specification/index.js";

const { batchNormalizingTransform, infer, moveRunningStatistics, unbiased } = specification;

describe("running statistics", () => {
  it("move by momentum, the weight of the new value, to the mean and the unbiased variance", () => {
    // (1 - 1/4) 8 + 1/4 4 = 7; (1 - 1/4) 4 + 1/4 * 3/2 * 2 = 3.75
    const moved = moveRunningStatistics({ mean: 8, variance: 4 }, { mu: 4, sigma2: 2 }, 3, 0.25);
    expect(moved).toEqual({ mean: 7, variance: 3.75 });
  });

  it("stay with momentum 0, and are the batch's with momentum 1", () => {
    const before = { mean: 8, variance: 4 };
    expect(moveRunningStatistics(before, { mu: 1, sigma2: 2 }, 5, 0)).toEqual(before);
    expect(moveRunningStatistics(before, { mu: 1, sigma2: 2 }, 5, 1)).toEqual({ mean: 1, variance: 2.5 });
  });

  it("with momentum 1 / t are the average over the batches so far", () => {
    let running = { mean: 0, variance: 1 };
    const batches = [
      { mu: 1, sigma2: 2 },
      { mu: 2, sigma2: 5 },
      { mu: 6, sigma2: 8 },
    ];
    batches.forEach((batch, t) => {
      running = moveRunningStatistics(running, batch, 2, 1 / (t + 1));
    });
    expect(running.mean).toBeCloseTo(3, 14);
    expect(running.variance).toBeCloseTo(10, 14); // the mean of 4, 10 and 16
  });

  it("come to the statistics of the data, batch after batch", () => {
    const random = new Random(17);
    let running = { mean: 0, variance: 1 };
    for (let t = 0; t < 2000; t++) {
      const { mu, sigma2 } = batchNormalizingTransform(random.normals(8, 5, 3), 1, 0, 1e-5);
      running = moveRunningStatistics(running, { mu, sigma2 }, 8, 0.005);
    }
    // biased variances would come to 9 * 7/8
    expect(Math.abs(running.mean - 5)).toBeLessThan(0.3);
    expect(Math.abs(running.variance - 9)).toBeLessThan(0.9);
  });

  it("take m / (m - 1) of the variance: none for a single value", () => {
    expect(unbiased(2, 2)).toBe(4);
    expect(unbiased(2, 5)).toBe(2.5);
    expect(unbiased(0, 1)).toBeNaN();
  });
});

describe("inference", () => {
  it("is gamma (x - E) / sqrt(Var + epsilon) + beta: x = 3, 7 by E = 1, Var = 3", () => {
    const ran = infer(Float64Array.of(3, 7), { mean: 1, variance: 3 }, 2, 0.5, 1);
    expect(ran).toEqual({ mu: 1, sigma2: 3, xHat: Float64Array.of(1, 3), y: Float64Array.of(2.5, 6.5) });
  });

  it("does not look at the batch: one value gets the same in any company", () => {
    const fixed = { mean: 0.3, variance: 2 };
    const alone = infer(Float64Array.of(1.7), fixed, 1.1, 0.2, 1e-5);
    const among = infer(Float64Array.of(-100, 1.7, 1e6), fixed, 1.1, 0.2, 1e-5);
    expect(among.y[1]).toBe(alone.y[0]);
  });

  it("by the statistics of the batch itself is training, to the bit", () => {
    const x = new Random(19).normals(33, -4, 2);
    const trained = batchNormalizingTransform(x, 0.7, 0.1, 1e-5);
    expect(infer(x, { mean: trained.mu, variance: trained.sigma2 }, 0.7, 0.1, 1e-5)).toEqual(trained);
  });

  it("is linear in x: between two values lies the result between theirs", () => {
    const [a, middle, b] = infer(Float64Array.of(2, 3, 4), { mean: 1, variance: 3 }, 2, 0.5, 1).y;
    expect(middle).toBe(((a as number) + (b as number)) / 2);
  });
});
