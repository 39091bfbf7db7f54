import { describe, expect, it } from "vitest";
import { copyFloats, type DType, DTypeError, dtypeFor, dtypes, floatArray, type Values } from "../src/index.js";
import { thrown } from "./helpers/thrown.js";

function expectRefusal(work: () => unknown, ...parts: string[]): void {
  const error = thrown(work);
  expect(error).toBeInstanceOf(DTypeError);
  expect(error).toMatchObject({ name: "DTypeError", code: "ERR_DTYPE" });
  for (const part of parts) expect((error as Error).message).toContain(part);
}

describe("the type of a tensor", () => {
  it.each([
    ["Float32Array", Float32Array.of(1), "float32"],
    ["Float64Array", Float64Array.of(1), "float64"],
    ["Uint8Array", Uint8Array.of(1), "float32"],
    ["Uint8ClampedArray", Uint8ClampedArray.of(1), "float32"],
    ["plain array", [1], "float32"],
    ["empty array", [], "float32"],
    ["Buffer", Buffer.of(1), "float32"],
  ])("made from a %s loses nothing unasked", (_, values, dtype) => {
    expect(dtypeFor(values)).toBe(dtype);
  });

  it.each(dtypes)("is %s where that is asked for", (asked) => {
    for (const values of [Float32Array.of(1), Float64Array.of(1), Uint8Array.of(1), [1]]) {
      expect(dtypeFor(values, asked)).toBe(asked);
    }
  });

  it.each(["int32", "double", "", null, 32, Float32Array])("may not be %o", (asked) => {
    expectRefusal(() => dtypeFor([1], asked as DType), 'dtype must be "float32" or "float64", got');
  });

  it.each([
    [Int32Array.of(1, 2), "got an Int32Array of length 2", "Float32Array.from(values) does"],
    [Int8Array.of(1), "got an Int8Array of length 1", ""],
    [Uint16Array.of(1), "got a Uint16Array of length 1", ""],
    [BigInt64Array.of(1n), "got a BigInt64Array of length 1", ""],
    ["1,2", 'got the string "1,2"', ""],
    [1, "got 1", ""],
    [null, "got null", ""],
    [undefined, "got undefined", ""],
    [new ArrayBuffer(8), "got an ArrayBuffer", ""],
    [new DataView(new ArrayBuffer(8)), "got a DataView", ""],
    [{ length: 1, 0: 1 }, "got an Object of length 1", ""],
    [new Set([1]), "got a Set", ""],
  ])("cannot be had from %o", (values, came, remedy) => {
    expectRefusal(
      () => dtypeFor(values as unknown as Values),
      "expected a Float32Array, Float64Array, Uint8Array or an array of numbers",
      came,
      remedy,
    );
    expectRefusal(() => dtypeFor(values as unknown as Values, "float32"), came);
  });
});

describe("copying values into floats", () => {
  it.each([
    ["bytes", Uint8Array.of(0, 128, 255), [0, 128, 255]],
    ["plain numbers", [0.5, -2, 1e6], [0.5, -2, 1e6]],
    ["floats", Float32Array.of(0.5, -2, 1e6), [0.5, -2, 1e6]],
    ["numbers that are not finite", [Number.NaN, Infinity, -Infinity], [Number.NaN, Infinity, -Infinity]],
  ])("takes %s", (_, values, expected) => {
    for (const dtype of dtypes) {
      const to = floatArray(dtype, 3);
      copyFloats(values, to);
      expect([...to]).toEqual(expected);
    }
  });

  it("rounds to the nearest float32", () => {
    const to = floatArray("float32", 2);
    copyFloats(Float64Array.of(0.1, 1e39), to);
    expect([...to]).toEqual([Math.fround(0.1), Infinity]);
  });

  it.each([
    [[1, "2"], 'expected numbers, got the string "2" at index 1'],
    [[1, undefined], "got undefined at index 1"],
    [new Array(2), "got undefined at index 0"],
    [[1, null], "got null at index 1"],
    [[true, 1], "got true at index 0"],
    [[1n, 2], "got the bigint 1n at index 0"],
    [
      [
        [1, 2],
        [3, 4],
      ],
      "got an Array of length 2 at index 0; give the values flat and their shape beside them",
    ],
  ])("refuses %o", (values, message) => {
    expectRefusal(() => copyFloats(values as number[], new Float32Array(2)), message);
  });
});

it("says to flatten only what is nested", () => {
  const message = (values: unknown) =>
    (thrown(() => copyFloats(values as number[], new Float32Array(2))) as Error).message;
  expect(message([[1], [2]])).toContain("; give the values flat and their shape beside them");
  expect(message([1, "2"])).toMatch(/at index 1$/);
});

it("a new array of floats is of its type and zero", () => {
  expect(floatArray("float32", 2)).toEqual(new Float32Array(2));
  expect(floatArray("float64", 3)).toEqual(new Float64Array(3));
});
