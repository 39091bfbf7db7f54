import { bits } from "@batchnorm/testing/bits";
import fc from "@batchnorm/testing/properties";
import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import { type HostMoments, hostBackend } from "../../src/host/index.js";
import type { View } from "../../src/index.js";
import { exactStatistics } from "../helpers/exact.js";
import { makeInputs } from "../helpers/operations.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const backend = hostBackend(new PlainEngine());

/** The moments of one channel. */
function momentsOf(x: Float64Array): HostMoments {
  return backend.moments({ x: backend.tensor(x, [x.length, 1]), view: { outer: x.length, channels: 1, inner: 1 } });
}

/** Those of given numbers, as if they came from elsewhere. */
function imported({ count, mean, low = 0, m2 }: { count: number; mean: number; low?: number; m2: number }) {
  return backend.importMoments(Float64Array.of(count, mean, low, m2));
}

const noMoments = () => imported({ count: 0, mean: 0, m2: 0 });

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

const anyMoments = fc.record({
  count: fc.integer({ min: 0, max: 1000 }),
  mean: fc.double({ noDefaultInfinity: true, noNaN: true }),
  m2: fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }),
});

describe("merging moments", () => {
  it("gives those of the whole: 1, 2, 3 and 5, 9", async () => {
    const parts = [
      imported({ count: 3, mean: 2, m2: 2 }),
      imported({ count: 0, mean: 9, m2: 9 }),
      imported({ count: 2, mean: 7, m2: 8 }),
    ];
    for (const order of [parts, parts.toReversed()]) {
      expect(await backend.merge(order).export()).toEqual(Float64Array.of(5, 4, 0, 40));
    }
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
        const merged = backend.merge(split(x, cuts, order).map(momentsOf));
        const [high, , m2] = merged.values as unknown as [number, number, number];
        expect(merged.count).toBe(x.length);
        expect(Math.abs(high - exact.mean)).toBeLessThanOrEqual(8 * rounding);
        const error = Math.abs(m2 / x.length - exact.variance);
        expect(error).toBeLessThanOrEqual(16 * (epsilon * exact.variance + 2 * rounding * sigma));
      }),
      { numRuns: 100 },
    );
  });

  it("keeps what a mean has no room for", () => {
    const far = [2 ** 53, 2 ** 53 + 2].map((mean) => imported({ count: 2, mean, m2: 0 }));
    const [high, low] = backend.merge(far).values as unknown as [number, number];
    expect(high - 2 ** 53 + low).toBe(1);
    const apart = [0.25, -0.5].map((low) => imported({ count: 2, mean: 2 ** 53, low, m2: 0 }));
    // low parts of 0.25 and -0.5 deviate by 0.375 from their mean, -0.125
    expect([...backend.merge(apart).values]).toEqual([2 ** 53, -0.125, 4 * 0.375 ** 2]);
  });

  it.each([
    ["infinities of one sign", [Infinity, Infinity], Infinity],
    ["an infinity beside finite means", [2, -Infinity, 5], -Infinity],
    ["infinities of both signs", [Infinity, 1, -Infinity], Number.NaN],
    ["an infinity and a NaN", [Infinity, Number.NaN], Number.NaN],
  ])("follows the values for %s, in any order", async (_, means, mean) => {
    const parts = means.map((one) => imported({ count: 2, mean: one, m2: Number.isFinite(one) ? 1 : Number.NaN }));
    for (const order of [parts, parts.toReversed(), [...parts.slice(1), noMoments(), ...parts.slice(0, 1)]]) {
      const merged = await backend.merge(order).export();
      expect(merged).toEqual(Float64Array.of(2 * means.length, mean, 0, Number.NaN));
    }
  });

  it("keeps a NaN in its channel, whichever shard it came in", () => {
    const of = (values: number[]) =>
      backend.moments({ x: backend.tensor(values, [2, 2]), view: { outer: 2, channels: 2, inner: 1 } });
    const parts = [of([1, 10, 3, 20]), of([Number.NaN, 30, 5, 40])];
    for (const order of [parts, parts.toReversed()]) {
      expect([...backend.merge(order).values]).toEqual([Number.NaN, 25, 0, 0, Number.NaN, 500]);
    }
  });

  it("changes nothing, to the bit, where all other parts are empty", () => {
    const empty = imported({ count: 0, mean: Number.NaN, m2: Number.NaN });
    fc.assert(
      fc.property(
        anyMoments.filter(({ count }) => count > 0),
        (numbers) => {
          const part = imported(numbers);
          for (const parts of [[part], [noMoments(), part], [part, noMoments()], [empty, noMoments(), part, empty]]) {
            const merged = backend.merge(parts);
            expect(bits(merged.values)).toBe(bits(part.values));
            expect(merged.count).toBe(part.count);
          }
        },
      ),
    );
  });

  it("changes nothing of a shard's moments, to the bit, where all others are empty", () => {
    const view: View = { outer: 24, channels: 3, inner: 5 };
    const { moments } = makeInputs(backend, view);
    const empty = () => backend.moments({ x: backend.tensor([], [0, 3, 5]), view: { ...view, outer: 0 } });
    for (const parts of [[moments], [empty(), moments], [moments, empty()], [empty(), empty(), moments, empty()]]) {
      const merged = backend.merge(parts);
      expect(merged.count).toBe(moments.count);
      expect(bits(merged.values)).toEqual(bits(moments.values));
    }
  });

  it("gives zeros for empty parts only, whatever stands in them", async () => {
    const odd = imported({ count: 0, mean: 9, m2: 9 });
    for (const parts of [[noMoments()], [noMoments(), noMoments()], [odd], [odd, noMoments()]]) {
      expect(await backend.merge(parts).export()).toEqual(new Float64Array(4));
    }
  });

  it("never makes a variance negative", () => {
    fc.assert(
      fc.property(fc.array(anyMoments, { minLength: 1 }), (parts) => {
        expect((backend.merge(parts.map(imported)).values[2] as number) < 0).toBe(false);
      }),
    );
  });

  it("leaves the parts as they were", () => {
    const { moments: part } = makeInputs(backend, { outer: 24, channels: 3, inner: 5 });
    const before = bits(part.values);
    backend.merge([part, part]).dispose();
    expect(bits(part.values)).toEqual(before);
  });
});

describe("merging gradient sums", () => {
  const sums = (...values: number[]) => backend.importGradientSums(Float64Array.from(values));

  it("gives the same in any order, to the bit", () => {
    const random = new Random(109);
    const parts = [1e16, 1, -1e16, 3, 1e-9].map((size) => sums(...random.normals(4).map((value) => size * value)));
    const merged = bits(backend.merge(parts).values);
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: 5 }), (shuffled) => {
        expect(bits(backend.merge(shuffled).values)).toEqual(merged);
      }),
    );
  });

  it("does not lose what each addition rounds off", () => {
    const parts = [1e17, 1, -1e17].map((term) => sums(term, 0, 0, term));
    expect([...backend.merge(parts).values]).toEqual([1, 0, 0, 1]);
  });

  it("keeps infinities, and NaN in its place", () => {
    const parts = [sums(Infinity, 1, Infinity, 1), sums(1, Number.NaN, -Infinity, 1)];
    expect([...backend.merge(parts).values]).toEqual([Infinity, Number.NaN, Number.NaN, 2]);
  });

  it("leaves the parts as they were", () => {
    const part = sums(1, 2);
    backend.merge([part, part]).dispose();
    expect([...part.values]).toEqual([1, 2]);
  });
});
