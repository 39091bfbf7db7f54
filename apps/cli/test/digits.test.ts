import { expect, it } from "vitest";
import { channelsLast, convolve, filterCount } from "../src/digits/convolutions.js";
import { digits, pixels } from "../src/digits/digits.js";

it("gives real digits, 0 to 9 in turn, another batch each time", () => {
  const batch = digits(0, 20);
  expect(batch.length).toBe(20 * pixels);
  expect(Math.min(...batch)).toBe(0);
  expect(Math.max(...batch)).toBeLessThanOrEqual(1);
  expect(digits(1, 20)).not.toEqual(batch);
  expect(digits(0, 20)).toEqual(batch);
  const ink = (i: number) => batch.subarray(i * pixels, (i + 1) * pixels).reduce((sum, value) => sum + value, 0);
  expect(ink(0)).toBeGreaterThan(ink(1)); // a nought has more ink than a one
});

it("filters digits: the first map is the picture, the others are not", () => {
  const picture = digits(0, 1);
  const maps = convolve(picture);
  expect(maps.length).toBe(filterCount * pixels);
  expect(maps.subarray(0, pixels)).toEqual(picture);
  expect(maps.subarray(pixels, 2 * pixels)).not.toEqual(picture);
});

it("puts channels last", () => {
  const values = Float32Array.from([1, 2, 3, 4, 5, 6]);
  expect([...channelsLast(values, 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
});
