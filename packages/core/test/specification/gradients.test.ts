import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import type { View } from "../../src/index.js";
import * as specification from "../../src/specification/index.js";
import { backward, differences, forward, type Pass, randomPass } from "../helpers/gradients.js";

const { parameterGradients, trainingGradients, inferenceGradients } = specification;

describe("the gradients in training, by hand: x = -1, 1, epsilon = 3, gamma = 4, dy = 1, 0", () => {
  // mu = 0, sigma^2 = 1, sqrt(sigma^2 + epsilon) = 2, x-hat = -1/2, 1/2
  const x = Float64Array.of(-1, 1);
  const transformed = { mu: 0, sigma2: 1, xHat: Float64Array.of(-0.5, 0.5) };
  const gradients = trainingGradients(Float64Array.of(1, 0), x, transformed, 4, 3);

  it("dgamma is sum dy x-hat, dbeta is sum dy", () => {
    expect(gradients.dGamma).toBe(-0.5);
    expect(gradients.dBeta).toBe(1);
    expect(parameterGradients(Float64Array.of(1, 0), transformed.xHat)).toEqual({ dGamma: -0.5, dBeta: 1 });
  });

  it("dx has the way through x-hat, the variance and the mean", () => {
    // dx-hat = 4, 0; dsigma^2 = 4 (-1) (-1/2) / 8 = 1/4; dmu = 4 (-1/2) + 0 = -2
    // dx_1 = 4/2 + 1/4 * 2 (-1) / 2 - 2/2 = 3/4, dx_2 = 0 + 1/4 * 2 (1) / 2 - 2/2 = -3/4
    expect([...gradients.dx]).toEqual([0.75, -0.75]);
  });

  it("dmu has the paper's term of the variance too, which vanishes about the exact mean only: x = 0, 2 about 0", () => {
    // dx-hat = 0, 4; dsigma^2 = 4 * 2 (-1/2) / 8 = -1/2; dmu = 4 (-1/2) - 1/2 (-2 * 2) / 2 = -1
    // dx_1 = -1/2, dx_2 = 4/2 - 1/2 * 2 * 2 / 2 - 1/2 = 1/2
    const { dx } = trainingGradients(Float64Array.of(0, 1), Float64Array.of(0, 2), transformed, 4, 3);
    expect([...dx]).toEqual([-0.5, 0.5]);
  });

  it("in inference dx is dy gamma / sqrt(Var + epsilon) alone", () => {
    const fixed = inferenceGradients(Float64Array.of(1, 0), transformed, 4, 3);
    expect([...fixed.dx]).toEqual([2, 0]);
    expect(fixed).toMatchObject({ dGamma: -0.5, dBeta: 1 });
  });
});

const views: View[] = [
  { outer: 5, channels: 3, inner: 1 },
  { outer: 2, channels: 2, inner: 6 },
  { outer: 1, channels: 2, inner: 7 },
];

describe.each([
  { training: true, activation: null },
  { training: true, activation: "relu" },
  { training: false, activation: null },
  { training: false, activation: "relu" },
] as const)("the gradients with $activation, training: $training", (options) => {
  it.each(views)("are the central differences of the loss, on $outer x $channels x $inner", (view) => {
    const random = new Random(11);
    for (let round = 0; round < 3; round++) {
      const pass = awayFromTheKink(() => randomPass(random, view, options));
      const gradients = backward(pass);
      expectClose(gradients.dx, differences(pass, "x"));
      expectClose(gradients.dGamma, differences(pass, "gamma"));
      expectClose(gradients.dBeta, differences(pass, "beta"));
    }
  });
});

describe("the gradient by x in training", () => {
  const view = { outer: 6, channels: 2, inner: 3 };
  const pass = randomPass(new Random(13), view, { training: true, activation: null });

  it("sums to 0 in a channel, since a shift of x changes nothing", () => {
    const { dx } = backward(pass);
    for (const c of [0, 1]) expect(sum(specification.gather(dx, view, c))).toBeCloseTo(0, 13);
  });

  it("is orthogonal to x where epsilon is 0, since a scale of x changes nothing", () => {
    const { dx } = backward({ ...pass, eps: 0 });
    for (const c of [0, 1]) {
      const x = specification.gather(pass.x, view, c);
      expect(sum(specification.gather(dx, view, c).map((g, i) => g * (x[i] as number)))).toBeCloseTo(0, 12);
    }
  });

  it("is inversely proportional to the scale of x (section 3.3: larger weights lead to smaller gradients)", () => {
    const exact = { ...pass, eps: 0 };
    const { dx } = backward(exact);
    const scaled = backward({ ...exact, x: exact.x.map((v) => 1000 * v) });
    expectClose(
      scaled.dx.map((g) => 1000 * g),
      dx,
    );
  });

  it("is 0 for a batch whose values all get the same gradient", () => {
    const { dx } = backward({ ...pass, dy: pass.dy.map(() => 3) });
    for (const g of dx) expect(Math.abs(g)).toBeLessThan(1e-14);
  });

  it("is linear in dy", () => {
    const { dx, dGamma, dBeta } = backward(pass);
    const twice = backward({ ...pass, dy: pass.dy.map((g) => 2 * g) });
    expect(twice.dx).toEqual(dx.map((g) => 2 * g));
    expect(twice.dGamma).toEqual(dGamma.map((g) => 2 * g));
    expect(twice.dBeta).toEqual(dBeta.map((g) => 2 * g));
  });
});

it("ReLU lets no gradient through where its input is 0 or less, and a NaN's through", () => {
  const view = { outer: 4, channels: 1, inner: 1 };
  const p = { gamma: null, beta: null, eps: 0, activation: "relu" } as const;
  const fixed = { mean: [0], variance: [1] };
  const x = Float64Array.of(-1, 0, 2, Number.NaN);
  const ran = specification.inference(x, view, p, fixed);
  expect([...ran.y]).toEqual([0, 0, 2, Number.NaN]);
  expect([...ran.z]).toEqual([-1, 0, 2, Number.NaN]);
  expect([...specification.backward([5, 6, 7, 8], x, view, p, ran).dx]).toEqual([0, 0, 7, 8]);
});

/** A pass none of whose values ReLU bends within the reach of a difference. */
function awayFromTheKink(draw: () => Pass): Pass {
  for (;;) {
    const pass = draw();
    if (forward(pass).z.every((z) => Math.abs(z) > 0.05)) return pass;
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, v) => total + v, 0);
}

/** To 1e-8 of the largest: what differences of float64 losses can tell. */
function expectClose(actual: Float64Array, expected: Float64Array): void {
  const size = Math.max(1, ...expected.map(Math.abs));
  actual.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-8 * size);
  });
}
