import { expect, it } from "vitest";
import { sum } from "../../src/specification/sum.js";

it("adds up without losing what each addition rounds off, whichever term is the larger", () => {
  const terms = (values: readonly number[]) => sum(values.length, (i) => values[i] as number);
  expect(terms([1e16, 1, -1e16])).toBe(1);
  expect(terms([1, 1e16, -1e16])).toBe(1);
  expect(terms([1, 1e16, 1, -1e16])).toBe(2);
  expect(terms([])).toBe(0);
});

it("stays what it is where it is not finite", () => {
  expect(sum(2, () => Infinity)).toBe(Infinity);
  expect(sum(2, (i) => (i === 0 ? Infinity : -Infinity))).toBeNaN();
});
