import { expect, it, describe as suite } from "vitest";
import {
  awaitHint,
  BatchNormError,
  CallError,
  DTypeError,
  describe,
  describeShape,
  OptionError,
  ShapeError,
  StateDictError,
  TensorError,
} from "../src/errors.js";

suite("every error", () => {
  const keys = { missing: ["weight"], unexpected: ["wieght"], misshaped: ["bias"], invalid: ["running_var"] };
  const all = [
    { make: () => new ShapeError("ERR_RANK", "said"), name: "ShapeError", code: "ERR_RANK" },
    { make: () => new DTypeError("said"), name: "DTypeError", code: "ERR_DTYPE" },
    { make: () => new OptionError("said"), name: "OptionError", code: "ERR_OPTION" },
    { make: () => new TensorError("ERR_DISPOSED", "said"), name: "TensorError", code: "ERR_DISPOSED" },
    { make: () => new CallError("said"), name: "CallError", code: "ERR_NO_FORWARD" },
    { make: () => new StateDictError("said", keys), name: "StateDictError", code: "ERR_STATE_DICT" },
  ];

  it.each(all)("$name is a BatchNormError with a name, a code and a message", ({ make, name, code }) => {
    const error = make();
    expect(error).toBeInstanceOf(BatchNormError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, code, message: "said" });
    expect(String(error)).toBe(`${name}: said`);
    expect(error.stack).toContain("errors.test");
  });

  it("of a state dictionary keeps the offending keys apart", () => {
    expect(new StateDictError("said", keys)).toMatchObject(keys);
  });
});

suite("a value in a message", () => {
  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [1.5, "1.5"],
    [Number.NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [false, "false"],
    [12n, "the bigint 12n"],
    ["relu", 'the string "relu"'],
    ['a "quoted"\nline', 'the string "a \\"quoted\\"\\nline"'],
    ["", 'the string ""'],
    [() => 1, "a function"],
    [class Layer {}, "a function"],
    [Symbol("x"), "a symbol"],
    [[1, 2, 3], "an Array of length 3"],
    [new Float32Array(4), "a Float32Array of length 4"],
    [new Int32Array(4), "an Int32Array of length 4"],
    [{}, "an Object"],
    [Object.create(null), "an Object"],
    [new Map(), "a Map"],
    [new (class {})(), "an Object"],
    [{ constructor: "odd" }, "an Object"],
  ])("%o reads %s", (value, text) => {
    expect(describe(value)).toBe(text);
  });

  it("is cut where it is long", () => {
    const text = describe("x".repeat(1000));
    expect(text).toBe(`the string "${"x".repeat(40)}…"`);
    expect(describe("x".repeat(40))).toBe(`the string "${"x".repeat(40)}"`);
  });

  it("is waited for where it is a promise", () => {
    expect(awaitHint(Promise.resolve(1))).toBe("; await it first");
    for (const value of [undefined, null, 1, "then", {}]) expect(awaitHint(value)).toBe("");
  });

  it("that is a shape reads as written", () => {
    expect(describeShape([32, 64, 7, 7])).toBe("[32, 64, 7, 7]");
    expect(describeShape([])).toBe("[]");
  });
});
