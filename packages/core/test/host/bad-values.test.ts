import { thrown } from "@batchnorm/testing/thrown";
import { afterEach, describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import type { DType, Values } from "../../src/index.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const engine = new PlainEngine();
const backend = hostBackend(engine);
const make = {
  tensor: (...args: Parameters<typeof backend.tensor>) => backend.tensor(...args),
  state: (...args: Parameters<typeof backend.tensor>) => backend.state(...args),
};

afterEach(() => {
  expect(backend.memory().liveBuffers).toBe(0);
});

describe.each(["tensor", "state"] as const)("a %s", (kind) => {
  it.each([
    ["too few values", [1, 2, 3], [2, 2], "the shape [2, 2] has 4 elements, but 3 values came"],
    ["too many values", Float32Array.of(1, 2, 3), [2], "the shape [2] has 2 elements, but 3 values came"],
    ["values for none", [1], [0, 5], "the shape [0, 5] has 0 elements, but 1 values came"],
    ["no value for one", [], [], "the shape [] has 1 elements, but 0 values came"],
  ])("is refused %s", (_, values, shape, message) => {
    expect(thrown(() => make[kind](values, shape))).toMatchObject({
      name: "ShapeError",
      code: "ERR_LENGTH",
      message,
    });
  });

  it.each([
    [[-2, -1], "got -2 in [-2, -1]"],
    [[0.5, 4], "got 0.5 in [0.5, 4]"],
    [[Number.NaN], "got NaN"],
    [["2"], 'got the string "2"'],
    [[undefined, 2], "got undefined"],
    [2, "expected a shape such as [32, 64, 7, 7], got 2"],
    [undefined, "got undefined"],
    [null, "got null"],
  ])("is refused a shape of %o", (shape, message) => {
    expect(thrown(() => make[kind]([1, 2], shape as number[]))).toMatchObject({
      name: "ShapeError",
      code: "ERR_SHAPE",
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [Int32Array.of(1, 2), "got an Int32Array of length 2"],
    [BigInt64Array.of(1n, 2n), "got a BigInt64Array of length 2"],
    [Uint16Array.of(1, 2), "got a Uint16Array of length 2"],
    ["12", 'got the string "12"'],
    [{ length: 2 }, "got an Object of length 2"],
    [null, "got null"],
    [undefined, "got undefined"],
    [["1", 2], 'got the string "1" at index 0'],
    [[1, undefined], "got undefined at index 1"],
    [new Array(2), "got undefined at index 0"],
    [[1, 2n], "got the bigint 2n at index 1"],
    [[[1], [2]], "got an Array of length 1 at index 0; give the values flat and their shape beside them"],
  ])("is refused values of %o", (values, message) => {
    expect(thrown(() => make[kind](values as unknown as Values, [2]))).toMatchObject({
      name: "DTypeError",
      code: "ERR_DTYPE",
      message: expect.stringContaining(message),
    });
  });

  it.each(["int32", "double", null])("is refused a type of %o", (dtype) => {
    expect(thrown(() => make[kind]([1, 2], [2], dtype as DType))).toMatchObject({ code: "ERR_DTYPE" });
  });

  it.each([
    [[2 ** 30 + 1], "[1073741825] has 1073741825"],
    [[65536, 32768], "[65536, 32768] has 2147483648"],
    [[2 ** 40, 2 ** 40], "has 1.2089258196146292e+24"],
  ])("of %j elements is refused before anything is allocated", (shape, part) => {
    const { length: asked } = engine.asked;
    const values = { length: 2 ** 30 + 1, __proto__: Float32Array.prototype } as unknown as Float32Array;
    const error = thrown(() => make[kind](values, shape));
    expect(error).toMatchObject({ name: "ShapeError", code: "ERR_SHAPE" });
    expect((error as Error).message).toContain("a tensor has at most 1073741824 elements");
    expect((error as Error).message).toContain(part);
    expect((error as Error).message).toContain("split the batch");
    expect(engine.asked).toHaveLength(asked);
  });
});
