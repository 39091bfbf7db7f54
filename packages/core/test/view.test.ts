import fc from "@batchnorm/testing/properties";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { BatchNormError, OptionError, ShapeError } from "../src/errors.js";
import { channelAxis, checkOnePerChannel, checkShape, sameShape, sizeOf, valuesPerChannel, view } from "../src/view.js";

describe("the view of a shape", () => {
  it.each([
    { shape: [5], axis: 0, is: { outer: 1, channels: 5, inner: 1 } },
    { shape: [32, 784], axis: 1, is: { outer: 32, channels: 784, inner: 1 } },
    { shape: [32, 64, 100], axis: 1, is: { outer: 32, channels: 64, inner: 100 } },
    { shape: [32, 64, 7, 9], axis: 1, is: { outer: 32, channels: 64, inner: 63 } },
    { shape: [32, 7, 9, 64], axis: 3, is: { outer: 2016, channels: 64, inner: 1 } },
    { shape: [32, 7, 9, 64], axis: -1, is: { outer: 2016, channels: 64, inner: 1 } },
    { shape: [2, 3, 4, 5, 6], axis: 1, is: { outer: 2, channels: 3, inner: 120 } },
    { shape: [2, 3, 4, 5, 6], axis: 2, is: { outer: 6, channels: 4, inner: 30 } },
    { shape: [2, 3, 4, 5, 6], axis: -3, is: { outer: 6, channels: 4, inner: 30 } },
    { shape: [2, 3, 4, 5, 6, 7], axis: 0, is: { outer: 1, channels: 2, inner: 2520 } },
    { shape: [0, 8, 7, 7], axis: 1, is: { outer: 0, channels: 8, inner: 49 } },
    { shape: [4, 8, 0, 7], axis: 1, is: { outer: 4, channels: 8, inner: 0 } },
    { shape: [4, 0, 7], axis: 1, is: { outer: 4, channels: 0, inner: 7 } },
  ])("of $shape with channels on axis $axis is $is", ({ shape, axis, is }) => {
    expect(view(shape, axis)).toEqual(is);
  });

  const shapeAndAxis = fc
    .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 })
    .chain((shape) => fc.tuple(fc.constant(shape), fc.nat({ max: shape.length - 1 })));

  it("puts every element where its indices say, for ranks 1 to 6 and every axis", () => {
    fc.assert(
      fc.property(shapeAndAxis, ([shape, axis]) => {
        const v = view(shape, axis);
        for (let position = 0; position < sizeOf(shape); position++) {
          const channel = Math.floor(position / v.inner) % v.channels;
          expect(channel).toBe(indicesAt(shape, position)[axis]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("takes a negative axis as counted from the end, and keeps the number of elements", () => {
    fc.assert(
      fc.property(shapeAndAxis, ([shape, axis]) => {
        expect(view(shape, axis - shape.length)).toEqual(view(shape, axis));
        expect(sizeOf(view(shape, axis))).toBe(sizeOf(shape));
        expect(valuesPerChannel(view(shape, axis)) * (shape[axis] as number)).toBe(sizeOf(shape));
      }),
    );
  });

  it.each([
    [[32, 64], 2, "axis must be an integer from -2 to 1 for the shape [32, 64], got 2"],
    [[32, 64], -3, "from -2 to 1 for the shape [32, 64], got -3"],
    [[32, 64], 0.5, "got 0.5"],
    [[32, 64], Number.NaN, "got NaN"],
    [[32, 64], "1", 'got the string "1"'],
    [[32, 64], undefined, "got undefined"],
  ])("of %j refuses axis %o", (shape, axis, message) => {
    const error = thrown(() => view(shape, axis as number));
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ code: "ERR_OPTION", message: expect.stringContaining(message) });
  });
});

describe("a shape", () => {
  it.each([
    [[32, -1, 7], "every size of a shape must be a non-negative integer, got -1 in [32, -1, 7]"],
    [[32, 1.5], "got 1.5 in [32, 1.5]"],
    [[32, Number.NaN], "got NaN"],
    [[32, Infinity], "got Infinity"],
    [[32, 2 ** 53], "got 9007199254740992"],
    [["32", 64], 'got the string "32" in [32, 64]'],
    [[32, null], "got null"],
    [[32, undefined], "got undefined"],
    [new Array(2), "got undefined"],
    [[[32], 64], "got an Array of length 1"],
    [[32n], "got the bigint 32n"],
    [64, "expected a shape such as [32, 64, 7, 7], got 64"],
    ["32,64", 'got the string "32,64"'],
    [null, "got null"],
    [undefined, "got undefined"],
    [{ 0: 32 }, "got an Object"],
    [Int32Array.of(32, 64), "got an Int32Array of length 2"],
  ])("of %o is refused", (shape, message) => {
    const error = thrown(() => checkShape(shape as number[]));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toBeInstanceOf(BatchNormError);
    expect(error).toMatchObject({ code: "ERR_SHAPE", message: expect.stringContaining(message) });
    expect(thrown(() => view(shape as number[], 0))).toMatchObject({ code: "ERR_SHAPE" });
  });

  it("may have sizes of zero, and no size at all", () => {
    expect(() => checkShape([0, 3])).not.toThrow();
    expect(() => checkShape([])).not.toThrow();
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([3, 0, 5])).toBe(0);
  });

  it("equals another of the same sizes in the same order only", () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([], [])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([2, 3], [2, 3, 1])).toBe(false);
    expect(sameShape([2, 3, 1], [2, 3])).toBe(false);
  });
});

it("has its channels on axis 1 in channels-first and on the last in channels-last", () => {
  expect([2, 3, 4, 5].map((rank) => channelAxis(rank, "channels-first"))).toEqual([1, 1, 1, 1]);
  expect([2, 3, 4, 5].map((rank) => channelAxis(rank, "channels-last"))).toEqual([1, 2, 3, 4]);
});

function indicesAt(shape: readonly number[], position: number): number[] {
  const indices: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    indices.unshift(position % size);
    position = Math.floor(position / size);
  }
  return indices;
}

it("asks for one value per channel, in any shape, naming what came", () => {
  const three = { outer: 2, channels: 3, inner: 4 };
  expect(() => checkOnePerChannel("weight", [3], three)).not.toThrow();
  expect(() => checkOnePerChannel("weight", [1, 3, 1], three)).not.toThrow();
  expect(thrown(() => checkOnePerChannel("weight", [2], three))).toMatchObject({
    code: "ERR_CHANNELS",
    message: expect.stringContaining("weight must hold one value for each of the 3 channels, got shape [2]"),
  });
});
