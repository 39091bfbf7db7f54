import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, divide, multiply, root, subtract, type Wide, wide } from "../src/judging/extended/double-double.js";

/** Numbers are held against integers of this unit. */
const unit = 400n;

/** A float64, or a sum of two, times 2^unit, exactly. */
function exactly(...terms: readonly number[]): bigint {
  return terms.reduce((sum, term) => sum + scaled(term), 0n);
}

function scaled(value: number): bigint {
  let exponent = 0;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    exponent++;
  }
  return BigInt(whole) << (unit - BigInt(exponent));
}

/** Expects a relative error of at most 2^-100. */
function expectClose({ high, low }: Wide, expected: bigint): void {
  const error = exactly(high, low) - expected;
  const size = expected < 0n ? -expected : expected;
  expect((error < 0n ? -error : error) << 100n).toBeLessThanOrEqual(size);
}

const term = fc
  .tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: -40, max: 40 }))
  .map(([fraction, exponent]) => fraction * 2 ** exponent);

/** Sums whose low part float64 has no room for beside the high one. */
const anyWide = fc.tuple(term, term).map(([high, low]) => add(wide(high), wide(low * 2 ** -70)));
const nonZero = anyWide.filter(({ high }) => high !== 0);

const exact = ({ high, low }: Wide) => exactly(high, low);

describe("numbers of twice float64's precision keep 100 bits", () => {
  it("of sums and differences", () => {
    fc.assert(
      fc.property(anyWide, anyWide, (a, b) => {
        // what cancels was exact: the error is that of the larger term
        const size = exact(a) ** 2n > exact(b) ** 2n ? exact(a) : exact(b);
        for (const [result, expected] of [
          [add(a, b), exact(a) + exact(b)],
          [subtract(a, b), exact(a) - exact(b)],
        ] as const) {
          const error = exact(result) - expected;
          expect((error < 0n ? -error : error) << 100n).toBeLessThanOrEqual(size < 0n ? -size : size);
        }
      }),
    );
  });

  it("of products", () => {
    fc.assert(fc.property(anyWide, anyWide, (a, b) => expectClose(multiply(a, b), (exact(a) * exact(b)) >> unit)));
  });

  it("of quotients", () => {
    fc.assert(fc.property(anyWide, nonZero, (a, b) => expectClose(divide(a, b), (exact(a) << unit) / exact(b))));
  });

  it("of roots", () => {
    fc.assert(
      fc.property(nonZero, (a) => {
        const square = multiply(a, a);
        const size = a.high < 0 ? -exact(a) : exact(a);
        expectClose(root(square), size);
      }),
    );
    expect(root(wide(0))).toEqual(wide(0));
  });
});
