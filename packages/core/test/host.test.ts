/** What backends in host memory rest on: tensors that share buffers, numbers by channel that merge, and their checks. */
import { beforeEach, describe, expect, it } from "vitest";
import {
  type GradientSumArrays,
  HostChecks,
  HostGradientSums,
  HostMoments,
  type HostStorage,
  HostTensor,
  type MomentArrays,
  noMoments,
} from "../src/index.js";

class Storage implements HostStorage {
  readonly array: Float32Array | Float64Array;
  references = 1;

  constructor(array: Float32Array | Float64Array) {
    this.array = array;
  }

  share(): this {
    this.references++;
    return this;
  }

  release(): void {
    this.references--;
  }
}

class Moments extends HostMoments {
  isDisposed = false;
  readonly #arrays: MomentArrays;

  constructor(owner: object, count: number, values: { mean: number[]; m2: number[] }) {
    super(owner, values.mean.length, count);
    const { length } = values.mean;
    this.#arrays = {
      mean: Float64Array.from(values.mean),
      meanLow: new Float64Array(length),
      m2: Float64Array.from(values.m2),
    };
  }

  get arrays(): MomentArrays {
    this.checkLive();
    return this.#arrays;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

class Sums extends HostGradientSums {
  isDisposed = false;
  readonly #arrays: GradientSumArrays;

  constructor(owner: object, dz: number[], dzCentred: number[]) {
    super(owner, dz.length);
    this.#arrays = { dz: Float64Array.from(dz), dzCentred: Float64Array.from(dzCentred) };
  }

  get arrays(): GradientSumArrays {
    this.checkLive();
    return this.#arrays;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

const owner = {};
const make = (values: number[], { state = false, of = owner, shape = [values.length] } = {}) =>
  new HostTensor(of, shape, "float32", new Storage(Float32Array.from(values)), state);

describe("a tensor", () => {
  it("shows its values live, and copies them by data()", async () => {
    const x = make([1, 2]);
    const copy = await x.data();
    x.values[0] = 3;
    expect([...x.values]).toEqual([3, 2]);
    expect([...copy]).toEqual([1, 2]);
  });

  it("gives its buffer back once, and is of no use then", async () => {
    const x = make([1]);
    const { storage } = x;
    x[Symbol.dispose]();
    x.dispose();
    expect(storage.references).toBe(0);
    expect(() => x.values).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    await expect(x.data()).rejects.toThrow(/tensor of shape \[1\] was used after its dispose\(\)/);
  });
});

describe("moments", () => {
  const whole = () => new Moments(owner, 4, { mean: [0], m2: [0] });

  it("merge as those of the whole, in any order, and empty parts change nothing", () => {
    const parts = [
      new Moments(owner, 1, { mean: [1], m2: [0] }),
      new Moments(owner, noMoments.count, { mean: [9], m2: [9] }),
      new Moments(owner, 3, { mean: [5], m2: [8] }),
    ];
    for (const order of [parts, parts.toReversed()]) {
      const { mean, m2 } = whole().merge(order).arrays;
      expect([mean[0], m2[0]]).toEqual([4, 8 + 3 + 9]);
    }
    expect(new Moments(owner, 0, { mean: [1], m2: [1] }).merge(parts.slice(1, 2)).toArray()).toEqual(
      Float64Array.of(0, 0, 0, 0),
    );
  });

  it("keep what a mean has no room for, unless it is not finite", () => {
    const far = [2 ** 53, 2 ** 53 + 2].map((mean) => new Moments(owner, 2, { mean: [mean], m2: [0] }));
    const { mean, meanLow } = whole().merge(far).arrays;
    expect((mean[0] as number) - 2 ** 53 + (meanLow[0] as number)).toBe(1);
    const { meanLow: none } = whole().merge([new Moments(owner, 4, { mean: [Infinity], m2: [0] })]).arrays;
    expect(none[0]).toBe(0);
  });

  it("merge infinite means of one sign to that infinity and of both to NaN, in any order", () => {
    for (const [means, mean] of [
      [[Infinity, 3], Infinity],
      [[-Infinity, -Infinity], -Infinity],
      [[Infinity, -Infinity], Number.NaN],
      [[Infinity, Number.NaN], Number.NaN],
    ] as const) {
      const parts = means.map((one) => new Moments(owner, 2, { mean: [one], m2: [Number.NaN] }));
      for (const order of [parts, parts.toReversed()]) {
        expect(whole().merge(order).toArray()).toEqual(Float64Array.of(4, mean, 0, Number.NaN));
      }
    }
  });

  it("go to an array and back", () => {
    const values = Float64Array.of(4, 1, 0.25, 7);
    expect(whole().fill(values).toArray()).toEqual(values);
  });

  it("are of no use after their dispose", () => {
    const moments = whole();
    moments.dispose();
    expect(() => moments.arrays).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });
});

describe("gradient sums", () => {
  it("merge without losing what each addition rounds off, and keep infinities", () => {
    const parts = [1e17, 1, -1e17].map((term) => new Sums(owner, [term, 0], [0, term]));
    expect(new Sums(owner, [0, 0], [0, 0]).merge(parts).toArray()).toEqual(Float64Array.of(1, 0, 0, 1));
    const infinite = [Infinity, 1].map((term) => new Sums(owner, [term], [0]));
    expect(new Sums(owner, [0], [0]).merge(infinite).arrays.dz[0]).toBe(Infinity);
  });

  it("go to an array and back", () => {
    const values = Float64Array.of(1, 2, 3, 4);
    expect(new Sums(owner, [0, 0], [0, 0]).fill(values).toArray()).toEqual(values);
  });
});

describe("checks", () => {
  const check = new HostChecks<HostTensor, Moments, Sums>(owner, "test");
  const view = { outer: 2, channels: 2, inner: 1 };
  let x: HostTensor;

  beforeEach(() => {
    x = make([1, 2, 3, 4], { shape: [2, 2] });
  });

  it("take live tensors of the backend, no others", () => {
    expect(check.own(x)).toBe(x);
    const foreign = make([1], { of: {} });
    expect(() => check.own(foreign)).toThrow(/this test backend, got one of another backend, of shape \[1\]/);
    expect(() => check.own(7 as never)).toThrow(/this test backend, got 7; make one with backend.tensor/);
    x.dispose();
    expect(() => check.own(x)).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  it("tell states from tensors", () => {
    check.state(make([1], { state: true }));
    expect(() => check.state(x)).toThrow(/only a state is written, but a tensor of shape \[2, 2\] came/);
  });

  it("hold dy to x, and both to their view", () => {
    check.pair(make([1, 2, 3, 4], { shape: [2, 2] }), x, view);
    expect(() => check.data(x, { ...view, outer: 3 })).toThrow(expect.objectContaining({ code: "ERR_SHAPE" }));
    expect(() => check.pair(make([1, 2, 3, 4]), x, view)).toThrow(expect.objectContaining({ code: "ERR_SHAPE" }));
    const wide = new HostTensor(owner, [2, 2], "float64", new Storage(new Float64Array(4)), false);
    expect(() => check.pair(wide, x, view)).toThrow(/dy must be float32 as x is, got float64/);
  });

  it("let a result be written where nothing else is read", () => {
    const out = make([0, 0, 0, 0], { shape: [2, 2] });
    check.out(out, x, [null, make([1, 2])]);
    const shared = new HostTensor(owner, [2, 2], "float32", x.storage, false);
    expect(() => check.out(shared, x, [])).toThrow(/out must not be x/);
    expect(() => check.out(out, x, [out])).toThrow(/out must not be a parameter or statistic/);
    const state = make([0, 0, 0, 0], { shape: [2, 2], state: true });
    expect(() => check.out(state, x, [])).toThrow(/out must not be a state/);
  });

  it("want one parameter and one statistic for each channel", () => {
    check.affine({ weight: make([1, 1]), bias: null }, view);
    check.statistics({ mean: make([0, 0]), variance: make([1, 1]) }, view);
    const three = make([1, 2, 3]);
    expect(() => check.affine({ weight: null, bias: three }, view)).toThrow(/bias must hold one value for each/);
    expect(() => check.statistics({ mean: three, variance: three }, view)).toThrow(/mean must hold one value/);
  });

  it("take moments and sums of the backend that live, with as many channels", () => {
    const moments = new Moments(owner, 4, { mean: [0, 0], m2: [1, 1] });
    const sums = new Sums(owner, [0, 0], [0, 0]);
    expect(check.ownMoments(moments, view)).toBe(moments);
    expect(check.ownSums(sums)).toBe(sums);
    expect(() => check.ownMoments(sums as never)).toThrow(expect.objectContaining({ code: "ERR_FOREIGN_TENSOR" }));
    expect(() => check.ownSums(sums, { ...view, channels: 3 })).toThrow(/expected gradient sums of 3 channels, got 2/);
    moments.dispose();
    expect(() => check.ownMoments(moments)).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });
});
