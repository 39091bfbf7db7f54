import { describe, expect, it } from "vitest";
import {
  channelsOfGradientSums,
  channelsOfMoments,
  checkCorrection,
  checkParts,
  checkValues,
  OptionError,
  ShapeError,
} from "../src/index.js";

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
    expect(() => channelsOfMoments(new Float64Array(6))).toThrow(/expected moments as exportMoments gives them/);
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
