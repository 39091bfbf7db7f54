import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import { type View, view } from "../../src/index.js";
import * as specification from "../../src/specification/index.js";

const plain = { gamma: null, beta: null, eps: 1e-5, activation: null } as const;

describe("what shares a mean", () => {
  it("in a dense layer: a feature, over the batch", () => {
    // (N, F) = (2, 3)
    const ran = specification.train([1, 10, 100, 3, 30, 300], view([2, 3], 1), plain);
    expect([...ran.mean]).toEqual([2, 20, 200]);
    expect([...ran.variance]).toEqual([1, 100, 10000]);
  });

  it("in a convolutional layer: a feature map, over batch and locations", () => {
    // (N, C, H, W) = (2, 2, 1, 2)
    const x = [1, 3, 10, 30, 5, 7, 50, 70];
    const ran = specification.train(x, view([2, 2, 1, 2], 1), plain);
    expect([...ran.mean]).toEqual([4, 40]);
    expect([...ran.variance]).toEqual([5, 500]);
  });

  it("is the same in channels-last", () => {
    // (N, H, W, C) = (2, 1, 2, 2)
    const x = [1, 10, 3, 30, 5, 50, 7, 70];
    const ran = specification.train(x, view([2, 1, 2, 2], -1), plain);
    expect([...ran.mean]).toEqual([4, 40]);
    expect([...ran.variance]).toEqual([5, 500]);
  });

  it("gather and scatter find every value of a channel once", () => {
    const v = { outer: 2, channels: 3, inner: 2 };
    const x = Float64Array.from({ length: 12 }, (_, i) => i);
    expect([...specification.gather(x, v, 1)]).toEqual([2, 3, 8, 9]);
    const back = new Float64Array(12);
    for (const c of [0, 1, 2]) specification.scatter(specification.gather(x, v, c), back, v, c);
    expect(back).toEqual(x);
  });
});

describe("a tensor in another layout", () => {
  const first = { outer: 3, channels: 4, inner: 5 };
  const last = { outer: 15, channels: 4, inner: 1 };
  const random = new Random(23);
  const x = random.normals(60, 2, 3);
  const dy = random.normals(60);
  const p = { gamma: random.normals(4), beta: random.normals(4), eps: 1e-5, activation: "relu" } as const;

  /** (outer, channels, inner) to (outer, inner, channels) */
  function toLast(values: Float64Array): Float64Array {
    const to = new Float64Array(values.length);
    for (let c = 0; c < 4; c++) specification.scatter(specification.gather(values, first, c), to, last, c);
    return to;
  }

  it("gives the same results in that layout, to the bit", () => {
    const ran = specification.train(x, first, p);
    const ranLast = specification.train(toLast(x), last, p);
    expect(ranLast.y).toEqual(toLast(ran.y));
    expect(ranLast.mean).toEqual(ran.mean);
    expect(ranLast.variance).toEqual(ran.variance);
    const back = specification.backward(dy, x, first, p, ran);
    const backLast = specification.backward(toLast(dy), toLast(x), last, p, ranLast);
    expect(backLast.dx).toEqual(toLast(back.dx));
    expect(backLast.dGamma).toEqual(back.dGamma);
    expect(backLast.dBeta).toEqual(back.dBeta);
  });
});

describe("channels", () => {
  const v: View = { outer: 4, channels: 3, inner: 2 };
  const random = new Random(29);
  const x = random.normals(24);
  const dy = random.normals(24);

  it("do not see each other: a NaN, an infinity or a change stays in its own", () => {
    const ran = specification.train(x, v, plain);
    const back = specification.backward(dy, x, v, plain, ran);
    for (const odd of [Number.NaN, Infinity, 1e300]) {
      const other = specification.train(x.with(2, odd), v, plain);
      const otherBack = specification.backward(dy, x.with(2, odd), v, plain, other);
      for (const c of [0, 2]) {
        expect(specification.gather(other.y, v, c)).toEqual(specification.gather(ran.y, v, c));
        expect(specification.gather(otherBack.dx, v, c)).toEqual(specification.gather(back.dx, v, c));
        expect(otherBack.dGamma[c]).toBe(back.dGamma[c]);
      }
      expect(specification.gather(other.y, v, 1)).not.toEqual(specification.gather(ran.y, v, 1));
    }
  });

  it("without gamma and beta are as with 1 and 0", () => {
    const ones = { ...plain, gamma: [1, 1, 1], beta: [0, 0, 0] };
    expect(specification.train(x, v, plain)).toEqual(specification.train(x, v, ones));
    const fixed = { mean: [1, 2, 3], variance: [1, 2, 3] };
    expect(specification.inference(x, v, plain, fixed)).toEqual(specification.inference(x, v, ones, fixed));
  });

  it("are each scaled and shifted by their own gamma and beta", () => {
    const p = { ...plain, gamma: [2, 3, -4], beta: [10, 20, 30] };
    const { y, xHat } = specification.train(x, v, p);
    for (const c of [0, 1, 2]) {
      const expected = specification.gather(xHat, v, c).map((h) => (p.gamma[c] as number) * h + (p.beta[c] as number));
      expect(specification.gather(y, v, c)).toEqual(expected);
    }
  });
});

describe("the mode", () => {
  const v = { outer: 4, channels: 3, inner: 5 };
  const random = new Random(31);
  const x = random.normals(60, 3);
  const dy = random.normals(60);
  const ran = specification.train(x, v, plain);

  it("inference by the batch's own statistics gives the y of training, to the bit", () => {
    const inferred = specification.inference(x, v, plain, ran);
    expect(inferred.y).toEqual(ran.y);
    expect([ran.mode, inferred.mode]).toEqual(["training", "inference"]);
  });

  it("but other gradients by x, since there the statistics are constants", () => {
    const inferred = specification.inference(x, v, plain, ran);
    const inTraining = specification.backward(dy, x, v, plain, ran);
    const inInference = specification.backward(dy, x, v, plain, inferred);
    expect(inInference.dGamma).toEqual(inTraining.dGamma);
    expect(inInference.dBeta).toEqual(inTraining.dBeta);
    expect(inInference.dx).not.toEqual(inTraining.dx);
    expect(inInference.dx).toEqual(
      dy.map((g, i) => g / Math.sqrt((ran.variance[Math.floor(i / 5) % 3] as number) + 1e-5)),
    );
  });
});

describe("an empty batch", () => {
  it.each([
    { outer: 0, channels: 3, inner: 4 },
    { outer: 2, channels: 3, inner: 0 },
  ])("of $outer x $channels x $inner has an empty y and dx, and gradients of zeros", (v) => {
    const ran = specification.train([], v, plain);
    expect(ran.y).toHaveLength(0);
    const back = specification.backward([], [], v, plain, ran);
    expect(back.dx).toHaveLength(0);
    expect([...back.dGamma, ...back.dBeta]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
