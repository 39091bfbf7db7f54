import fc from "@batchnorm/testing/properties";
import { describe, expect, it } from "vitest";
import { ulpAt, ulpError } from "../src/measure.js";

/** The next larger number of a format, by its bits: right for positive finite numbers. */
function next(x: number, dtype: "float32" | "float64"): number {
  if (dtype === "float64") {
    const view = new BigUint64Array(Float64Array.of(x).buffer);
    view[0] = (view[0] as bigint) + 1n;
    return new Float64Array(view.buffer)[0] as number;
  }
  const view = new Uint32Array(Float32Array.of(x).buffer);
  view[0] = (view[0] as number) + 1;
  return new Float32Array(view.buffer)[0] as number;
}

describe("the unit in the last place", () => {
  it.each([
    [1, "float32", 2 ** -23],
    [1.999, "float32", 2 ** -23],
    [2, "float32", 2 ** -22],
    [0.9999999, "float32", 2 ** -24],
    [-3, "float32", 2 ** -22],
    [1e6, "float32", 2 ** -4],
    [3e38, "float32", 2 ** 104],
    [1, "float64", 2 ** -52],
    [2, "float64", 2 ** -51],
    [1 - 2 ** -53, "float64", 2 ** -53],
    [Number.MAX_VALUE, "float64", 2 ** 971],
  ] as const)("of %d in %s is %d", (scale, dtype, ulp) => {
    expect(ulpAt(scale, dtype)).toBe(ulp);
  });

  it.each([
    ["float32", 2 ** -126, 2 ** -149],
    ["float64", 2 ** -1022, 2 ** -1074],
  ] as const)("of %s goes no lower than that of the smallest normal number", (dtype, smallestNormal, ulp) => {
    for (const scale of [smallestNormal, smallestNormal / 2, smallestNormal / 1000, 5e-324, 0, -0]) {
      expect(ulpAt(scale, dtype)).toBe(ulp);
    }
  });

  it("is the distance to the next number, for every normal number of either format", () => {
    const normal = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(normal(2 ** -126, 2 ** 127), (x) => {
        const rounded = Math.fround(x);
        expect(ulpAt(rounded, "float32")).toBe(next(rounded, "float32") - rounded);
        expect(ulpAt(-rounded, "float32")).toBe(ulpAt(rounded, "float32"));
      }),
    );
    fc.assert(
      fc.property(normal(2 ** -1022, 2 ** 1023), (x) => {
        expect(ulpAt(x, "float64")).toBe(next(x, "float64") - x);
      }),
    );
    for (let exponent = -126; exponent < 127; exponent++) {
      expect(ulpAt(2 ** exponent, "float32")).toBe(2 ** (exponent - 23));
      expect(ulpAt(next(2 ** exponent, "float32"), "float32")).toBe(2 ** (exponent - 23));
    }
  });
});

describe("the error of a result", () => {
  it("counts units at the scale, not at the result", () => {
    expect(ulpError(1 + 2 ** -23, 1, 1, "float32")).toBe(1);
    expect(ulpError(1 + 2 ** -23, 1, 8, "float32")).toBe(1 / 8);
    expect(ulpError(2 ** -23, 0, 1, "float32")).toBe(1);
    expect(ulpError(1 - 2 ** -50, 1, 1, "float64")).toBe(4);
  });

  it("holds a result against the unrounded reference: a right rounding is off by up to half a unit", () => {
    expect(ulpError(1, 1 + 2 ** -25, 1, "float32")).toBe(1 / 4);
    fc.assert(
      fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (x) => {
        expect(ulpError(Math.fround(x), x, x, "float32")).toBeLessThanOrEqual(0.5);
        expect(ulpError(x, x, x, "float64")).toBe(0);
      }),
    );
  });

  it("takes both zeros as the same", () => {
    expect(ulpError(-0, 0, 1, "float32")).toBe(0);
    expect(ulpError(0, -0, 0, "float64")).toBe(0);
  });

  it("of numbers below the smallest normal one is counted in its units", () => {
    expect(ulpError(3 * 2 ** -149, 0, 0, "float32")).toBe(3);
    expect(ulpError(5e-324, 0, 0, "float64")).toBe(1);
  });

  it.each([
    ["NaN for NaN", Number.NaN, Number.NaN, 0],
    ["Infinity for Infinity", Infinity, Infinity, 0],
    ["-Infinity for -Infinity", -Infinity, -Infinity, 0],
    ["Infinity for what overflows float32", Infinity, 1e39, 0],
    ["a finite number for what overflows float32", 3e38, 1e39, Infinity],
    ["Infinity for the largest float32", Infinity, 3.4e38, Infinity],
    ["-Infinity for Infinity", -Infinity, Infinity, Infinity],
    ["NaN for Infinity", Number.NaN, Infinity, Infinity],
    ["Infinity for NaN", Infinity, Number.NaN, Infinity],
    ["NaN for 1", Number.NaN, 1, Infinity],
    ["Infinity for 1", Infinity, 1, Infinity],
    ["1 for NaN", 1, Number.NaN, Infinity],
    ["1 for Infinity", 1, Infinity, Infinity],
  ])("is right for %s in float32", (_, actual, expected, error) => {
    expect(ulpError(actual, expected, 1, "float32")).toBe(error);
    expect(ulpError(actual, expected, Number.NaN, "float32")).toBe(error);
  });

  it.each([
    ["a number beyond float32", 1e300, 1e300, 0],
    ["a number that float32 rounds to 0", 1e-300, 2e-300, Infinity],
    ["Infinity for what float64 still holds", Infinity, 1e300, Infinity],
    ["NaN for NaN", Number.NaN, Number.NaN, 0],
  ])("is right for %s in float64", (_, actual, expected, error) => {
    expect(ulpError(actual, expected, expected, "float64") > 1e15 ? Infinity : 0).toBe(error);
  });

  it("never hides a difference behind a scale that is not finite", () => {
    for (const scale of [Number.NaN, Infinity]) {
      expect(ulpError(1 + 2 ** -20, 1, scale, "float32")).toBe(8);
      expect(ulpError(1 + 2 ** -50, 1, scale, "float64")).toBe(4);
    }
  });
});
