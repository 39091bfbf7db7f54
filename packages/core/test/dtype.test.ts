import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { copyFloats, dtypeFor, dtypes, floatArray } from "../src/checks.js";
import { type DType, DTypeError, type Values } from "../src/index.js";

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

  /** As engines newer than ours have it, in what a message reads of it. */
  class Float16Array {
    readonly length = 2;
    readonly [Symbol.toStringTag] = "Float16Array";
  }
  const integers = "; integers are not converted unasked: Float32Array.from(values) does";
  const wideIntegers = "; integers are not converted unasked: Float32Array.from(values, Number) does";
  const halves =
    "; a Uint16Array may hold half-precision numbers, which have to be decoded to float32 first; integers are converted by Float32Array.from(values)";
  const bytes = "; bytes that hold floats are read by new Float32Array(buffer, byteOffset, length)";

  it.each([
    [Int32Array.of(1, 2), `an Int32Array of length 2${integers}`],
    [Int16Array.of(1), `an Int16Array of length 1${integers}`],
    [Int8Array.of(1), `an Int8Array of length 1${integers}`],
    [Uint32Array.of(1), `a Uint32Array of length 1${integers}`],
    [Uint16Array.of(15360), `a Uint16Array of length 1${halves}`],
    [new Float16Array(), "a Float16Array of length 2; Float32Array.from(values) converts it"],
    [BigInt64Array.of(1n), `a BigInt64Array of length 1${wideIntegers}`],
    [BigUint64Array.of(1n), `a BigUint64Array of length 1${wideIntegers}`],
    [new ArrayBuffer(8), `an ArrayBuffer${bytes}`],
    [new SharedArrayBuffer(8), `a SharedArrayBuffer${bytes}`],
    [new DataView(new ArrayBuffer(8)), `a DataView${bytes}`],
    [{ 0: 1, 1: 2 }, "an Object; JSON turns a typed array into an object: store Array.from(values)"],
    [{ shape: [1], data: async () => [1] }, "an Object; give a tensor's numbers: await tensor.data()"],
    [Promise.resolve([1]), "a Promise; await it first"],
    ["1,2", 'the string "1,2"'],
    [1, "1"],
    [null, "null"],
    [undefined, "undefined"],
    [{ length: 1, 0: 1 }, "an Object of length 1"],
    [{ data: [1] }, "an Object"],
    [new Set([1]), "a Set"],
  ])("cannot be had from %o", (values, came) => {
    for (const asked of [undefined, "float32"] as const) {
      expect(thrown(() => dtypeFor(values as unknown as Values, asked))).toMatchObject({
        code: "ERR_DTYPE",
        message: `expected a Float32Array, Float64Array, Uint8Array or an array of numbers, got ${came}`,
      });
    }
  });

  it.each([
    [Int32Array.of(1, 2), (values: Int32Array) => Float32Array.from(values)],
    [BigInt64Array.of(1n, 2n), (values: BigInt64Array) => Float32Array.from(values as never, Number)],
    [
      new DataView(Float32Array.of(0, 1, 2).buffer, 4),
      ({ buffer, byteOffset }: DataView<ArrayBuffer>) => new Float32Array(buffer, byteOffset, 2),
    ],
  ])("is had from %o as its message says", (values, convert) => {
    const floats = convert(values as never);
    expect([...floats]).toEqual([1, 2]);
    expect(dtypeFor(floats)).toBe("float32");
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
