import { describe, expect, it } from "vitest";
import {
  channelsOfGradientSums,
  channelsOfMoments,
  checkCorrection,
  checkElements,
  checkOut,
  checkOwnPerChannel,
  checkParts,
  checkSameShape,
  checkValues,
} from "../src/checks.js";
import { OptionError, ShapeError } from "../src/index.js";

describe("values", () => {
  it("have to be as many as their shape has elements", () => {
    expect(() => checkValues(new Float32Array(6), [2, 3])).not.toThrow();
    expect(() => checkValues([], [0, 3])).not.toThrow();
    expect(() => checkValues([1, 2], [3])).toThrow(/the shape \[3\] has 3 elements, but 2 values came$/);
    expect(() => checkValues([[1, 2]] as unknown as number[], [2])).toThrow(/give the values flat/);
  });

  it("have to fit into positions that engines can count", () => {
    expect(() => checkValues([], [2 ** 16, 2 ** 15])).toThrow(ShapeError);
    expect(() => checkValues([], [2 ** 16, 2 ** 15])).toThrow(/at most 1073741824 elements.* split the batch/);
  });
});

describe("a correction", () => {
  it("has to leave something to divide by", () => {
    expect(() => checkCorrection(2, 1)).not.toThrow();
    expect(() => checkCorrection(1, 0)).not.toThrow();
    expect(() => checkCorrection(1, 1)).toThrow(/a variance of 1 value per channel with correction 1 divides by 0/);
  });
});

describe("exported arrays", () => {
  it("tell their channels", () => {
    expect(channelsOfMoments(new Float64Array(7))).toBe(2);
    expect(channelsOfGradientSums(new Float64Array(4))).toBe(2);
  });

  it("are refused where they cannot be what they are given as", () => {
    expect(() => channelsOfMoments(new Float64Array(6))).toThrow(/expected moments as export/);
    expect(() => channelsOfMoments(Float64Array.of(-1, 0, 0, 0))).toThrow(OptionError);
    expect(() => channelsOfMoments(Float64Array.of(0.5, 0, 0, 0))).toThrow(OptionError);
    expect(() => channelsOfGradientSums(new Float64Array(3))).toThrow(/expected gradient sums/);
    expect(() => channelsOfGradientSums(new Float64Array(0))).toThrow(OptionError);
    expect(() => channelsOfMoments(new Float32Array(4) as unknown as Float64Array)).toThrow(/as a Float64Array, got/);
  });
});

describe("parts to merge", () => {
  it("are at least one, with as many channels each", () => {
    expect(checkParts([{ channels: 3 }, { channels: 3 }])).toBe(3);
    expect(() => checkParts([])).toThrow(/expected at least one part to merge, got none/);
    expect(() => checkParts([{ channels: 3 }, { channels: 2 }])).toThrow(/as many channels, got 3 and 2/);
  });
});

describe("tensors of a call", () => {
  const view = { outer: 2, channels: 3, inner: 1 };

  it("have one shape, and as many elements as their view", () => {
    expect(() => checkSameShape([2, 3], [2, 3])).not.toThrow();
    expect(() => checkSameShape([3, 2], [2, 3])).toThrow(/expected a tensor of shape \[2, 3\], got \[3, 2\]/);
    expect(() => checkElements([2, 3], view)).not.toThrow();
    expect(() => checkElements([2, 4], view)).toThrow(/shape \[2, 4\] has 8 elements, but its view \[2, 3, 1\] has 6/);
  });

  it("may be given for a result unless they are read again or kept", () => {
    const fresh = { isX: false, isState: false, isOther: false };
    expect(() => checkOut(fresh)).not.toThrow();
    expect(() => checkOut({ ...fresh, isX: true })).toThrow(/out must not be x: backward reads x again/);
    expect(() => checkOut({ ...fresh, isState: true })).toThrow(/out must not be a state/);
    expect(() => checkOut({ ...fresh, isOther: true })).toThrow(/out must not be a parameter or statistic/);
  });

  it("have moments of the same backend and channels", () => {
    class Own {
      readonly channels = 3;
      constructor(readonly owner: object) {}
    }
    const owner = {};
    const own = new Own(owner);
    const about = { what: "moments", backend: "cpu", view };
    expect(checkOwnPerChannel(own, Own, owner, about)).toBe(own);
    expect(() => checkOwnPerChannel(own, Own, {}, about)).toThrow(/expected moments of this cpu backend, got/);
    expect(() => checkOwnPerChannel({}, Own, owner, about)).toThrow(
      /got an Object; export and import bring those of another backend here/,
    );
    const narrow = { ...about, view: { ...view, channels: 2 } };
    expect(() => checkOwnPerChannel(own, Own, owner, narrow)).toThrow(/expected moments of 2 channels, got 3/);
  });
});
