import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import { backwardScales, forwardScales, meanScale } from "../src/measure.js";
import * as specification from "../src/specification/index.js";

const view = { outer: 2, channels: 1, inner: 1 };

describe("the scales of a forward pass", () => {
  // x = -1, 1: mean 0, variance 1, with epsilon 3: s = 1/2, x-hat = -1/2, 1/2
  const x = [-1, 1];

  it.each([
    ["gamma s, where all else is smaller", 4, 0.5, [2, 2.5]],
    ["beta, where that is larger", 4, 10, [10, 12]],
    ["beta, whatever its sign", 4, -10, [12, 10]],
    ["gamma s, whatever the sign of gamma", -4, 0, [2, 2]],
    ["0 where gamma and beta are 0", 0, 0, [0, 0]],
  ])("of y are %s", (_, gamma, beta, expected) => {
    const p = { gamma: [gamma], beta: [beta], eps: 3, activation: null };
    expect([...forwardScales(specification.train(x, view, p), view, p).y]).toEqual(expected);
  });

  it("of y are at least |gamma x-hat|, for an outlier far beyond the deviation", () => {
    const p = { gamma: [1], beta: [0], eps: 0, activation: null };
    const ran = specification.inference([30, 0], view, p, { mean: [0], variance: [1] });
    expect([...forwardScales(ran, view, p).y]).toEqual([30, 1]);
  });

  it("of y are those of its terms, also where ReLU leaves nothing of them", () => {
    const p = { gamma: [4], beta: [-10], eps: 3, activation: "relu" } as const;
    expect([...forwardScales(specification.train(x, view, p), view, p).y]).toEqual([12, 10]);
  });

  it("of a mean are max(|mean|, sigma), of a variance itself", () => {
    const p = { gamma: null, beta: null, eps: 3, activation: null };
    const scales = forwardScales(specification.train([4, 6], view, p), view, p);
    expect([...scales.mean]).toEqual([5]);
    expect([...scales.variance]).toEqual([1]);
    expect([...meanScale([-5, 0.1], [1, 4])]).toEqual([5, 2]);
  });
});

it("of a running variance slightly below 0 count its deviation as 0", () => {
  const p = { gamma: [1], beta: [3], eps: 1, activation: null };
  const ran = specification.inference([2, 1], view, p, { mean: [1], variance: [-0.75] });
  expect([...forwardScales(ran, view, p).y]).toEqual([5, 3]);
  expect([...meanScale([1], [-0.75])]).toEqual([1]);
});

describe("the scales of a backward pass", () => {
  const p = { gamma: [4], beta: [0], eps: 3, activation: null };
  const x = [-1, 1];

  function scalesOf(dy: number[], parameters: specification.Parameters, mode: "training" | "inference") {
    const fixed = { mean: [0], variance: [1] };
    const ran =
      mode === "training"
        ? specification.train(x, view, parameters)
        : specification.inference(x, view, parameters, fixed);
    return backwardScales(dy, view, parameters, ran, specification.backward(dy, x, view, parameters, ran));
  }

  it("of sums are at least the root of the sum of squares: a sum that cancels", () => {
    const scales = scalesOf([3, -3], p, "training");
    expect(scales.dBeta[0]).toBeCloseTo(Math.sqrt(18), 14); // dbeta = 0
    expect(scales.dGamma[0]).toBe(3); // dgamma = -3
    expect(scalesOf([3, 3], p, "training").dGamma[0]).toBeCloseTo(Math.sqrt(4.5), 14); // dgamma = 0
    expect(scalesOf([3, 3], p, "training").dBeta[0]).toBe(6);
  });

  it("of dx in training are the largest of its terms", () => {
    // a = 2; dy = 1, 0: a dy = 2, 0; dbeta = 1, S_dgamma = 1/2; a S_dbeta / m = 1; slope |x-hat| = 2 * 1/2 / 2 * 1/2
    expect([...scalesOf([1, 0], p, "training").dx]).toEqual([2, 1]);
  });

  it("of dx in training hold the sum at the size of gamma, where a lone gradient moves the others", () => {
    // a = 2 and S_dbeta = 4: a S_dbeta / m = 4, more than the slope's 2 * 2 / 2 * 1/2
    expect([...scalesOf([4, 0], p, "training").dx]).toEqual([8, 4]);
  });

  it("of dx count a gamma that is absent as 1", () => {
    expect([...scalesOf([1, -3], { ...p, gamma: null }, "inference").dx]).toEqual([0.5, 1.5]);
  });

  it("of dx in training grow with x-hat, where the gradient of one outlier moves the other", () => {
    // m = 32, two values 8 and -8: mean 0, variance 4, x-hat 4 and -4; a = 1, S_dbeta = 1, S_dgamma = 4
    const v = { outer: 32, channels: 1, inner: 1 };
    const parameters = { gamma: [2], beta: null, eps: 0, activation: null };
    const values = new Float64Array(32).with(0, -8).with(1, 8);
    const dy = new Float64Array(32).with(1, 1);
    const ran = specification.train(values, v, parameters);
    const { dx } = backwardScales(dy, v, parameters, ran, specification.backward(dy, values, v, parameters, ran));
    expect([...dx.subarray(0, 3)]).toEqual([0.5, 1, 0.125]);
  });

  it("of dx in inference are |a dz|", () => {
    expect([...scalesOf([1, -3], p, "inference").dx]).toEqual([2, 6]);
  });

  it("count only the gradient that ReLU lets through", () => {
    const scales = scalesOf([100, 3], { ...p, activation: "relu" }, "inference");
    expect([...scales.dx]).toEqual([0, 6]);
    expect(scales.dBeta[0]).toBe(3);
  });

  it("count nothing where the input of ReLU is exactly 0", () => {
    const onKink = scalesOf([100, 3], { ...p, beta: [2], activation: "relu" }, "inference");
    expect([...onKink.dx]).toEqual([0, 6]);
  });

  it("are never below the results, whatever the data", () => {
    const random = new Random(37);
    const v = { outer: 3, channels: 4, inner: 5 };
    for (const activation of [null, "relu"] as const) {
      const parameters = { gamma: random.normals(4), beta: random.normals(4), eps: 1e-5, activation };
      const values = random.normals(60, 10, 3);
      const dy = random.normals(60);
      const ran = specification.train(values, v, parameters);
      const back = specification.backward(dy, values, v, parameters, ran);
      const scales = { ...forwardScales(ran, v, parameters), ...backwardScales(dy, v, parameters, ran, back) };
      const results = { y: ran.y, ...back };
      for (const key of ["y", "dx", "dGamma", "dBeta"] as const) {
        results[key].forEach((value, i) => {
          expect(scales[key][i]).toBeGreaterThanOrEqual(Math.abs(value));
        });
      }
    }
  });
});
