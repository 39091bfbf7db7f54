import { describe, expect, it } from "vitest";
import { type ChannelMoments, mergeMoments, noMoments, specification } from "../src/index.js";
import { exactStatistics } from "./helpers/exact.js";
import fc from "./helpers/properties.js";
import { Random } from "./helpers/random.js";

function momentsOf(x: Float64Array): ChannelMoments {
  if (x.length === 0) return noMoments;
  const mean = specification.mean(x);
  return { count: x.length, mean, m2: specification.variance(x, mean) * x.length };
}

/** The parts between the cuts, in the order that `order` gives. */
function split(x: Float64Array, cuts: readonly number[], order: readonly number[]): Float64Array[] {
  const at = [0, ...cuts.map((cut) => cut % (x.length + 1)).sort((a, b) => a - b), x.length];
  const parts = at.slice(1).map((end, i) => x.subarray(at[i], end));
  return parts
    .map((part, i) => ({ part, key: order[i % order.length] as number }))
    .sort((a, b) => a.key - b.key)
    .map(({ part }) => part);
}

const anyCuts = fc.array(fc.nat({ max: 1000 }), { maxLength: 12 });
const anyOrder = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 13, maxLength: 13 });

describe("merging moments", () => {
  it("gives those of the whole: 1, 2, 3 and 5, 9", () => {
    const merged = mergeMoments([
      { count: 3, mean: 2, m2: 2 },
      { count: 2, mean: 7, m2: 8 },
    ]);
    expect(merged).toEqual({ count: 5, mean: 4, m2: 40 });
  });

  it.each([
    ["ordinary data", 0.5, 1],
    ["a mean a million deviations from zero", 1e6, 1],
    ["tiny data", 1e-23, 1e-23],
    ["huge data", 1e18, 1e18],
  ])("of any split in any order gives those of the whole, for %s", (_, mean, deviation) => {
    const x = new Random(3).normals(300, mean, deviation);
    const exact = exactStatistics(x);
    const sigma = Math.sqrt(exact.variance);
    // means are numbers of the size of the mean, so that a merged one is off by its rounding
    const epsilon = 2 ** -52;
    const rounding = epsilon * Math.max(Math.abs(exact.mean), sigma);
    fc.assert(
      fc.property(anyCuts, anyOrder, (cuts, order) => {
        const merged = mergeMoments(split(x, cuts, order).map(momentsOf));
        expect(merged.count).toBe(x.length);
        expect(Math.abs(merged.mean - exact.mean)).toBeLessThanOrEqual(8 * rounding);
        const error = Math.abs(merged.m2 / x.length - exact.variance);
        expect(error).toBeLessThanOrEqual(16 * (epsilon * exact.variance + 2 * rounding * sigma));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["infinities of one sign", [Infinity, Infinity], Infinity],
    ["an infinity beside finite means", [2, -Infinity, 5], -Infinity],
    ["infinities of both signs", [Infinity, 1, -Infinity], Number.NaN],
    ["an infinity and a NaN", [Infinity, Number.NaN], Number.NaN],
  ])("follows the values for %s, in any order", (_, means, mean) => {
    const parts = means.map((one) => ({ count: 2, mean: one, m2: Number.isFinite(one) ? 1 : Number.NaN }));
    for (const order of [parts, parts.toReversed(), [...parts.slice(1), noMoments, ...parts.slice(0, 1)]]) {
      expect(mergeMoments(order)).toEqual({ count: 2 * means.length, mean, m2: Number.NaN });
    }
  });

  const anyMoments = fc.record({
    count: fc.integer({ min: 0, max: 1000 }),
    mean: fc.double({ noDefaultInfinity: true, noNaN: true }),
    m2: fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }),
  });

  it("changes nothing, to the bit, where all other parts are empty", () => {
    const empty = { count: 0, mean: Number.NaN, m2: Number.NaN };
    fc.assert(
      fc.property(
        anyMoments.filter(({ count }) => count > 0),
        (part) => {
          for (const parts of [[part], [noMoments, part], [part, noMoments], [empty, noMoments, part, empty]]) {
            const merged = mergeMoments(parts);
            expect(Object.is(merged.mean, part.mean) && Object.is(merged.m2, part.m2)).toBe(true);
            expect(merged.count).toBe(part.count);
          }
        },
      ),
    );
  });

  it("gives no moments for no parts, and for empty parts only", () => {
    expect(mergeMoments([])).toEqual({ count: 0, mean: 0, m2: 0 });
    expect(mergeMoments([noMoments, noMoments])).toEqual({ count: 0, mean: 0, m2: 0 });
  });

  it("never makes a variance negative", () => {
    fc.assert(
      fc.property(fc.array(anyMoments), (parts) => {
        expect(mergeMoments(parts).m2 < 0).toBe(false);
      }),
    );
  });

  it("takes parts from any iterable", () => {
    const parts = new Set([
      { count: 1, mean: 1, m2: 0 },
      { count: 1, mean: 3, m2: 0 },
    ]);
    expect(mergeMoments(parts)).toEqual({ count: 2, mean: 2, m2: 2 });
  });
});
