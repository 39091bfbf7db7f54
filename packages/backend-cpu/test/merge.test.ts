import { specification, ulpAt, type View } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { type Fill, makeBatch, ordinary, upload } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import { extendedStatistics } from "./helpers/extended.js";
import fc from "./helpers/properties.js";
import { Random } from "./helpers/random.js";

const backend = createCpuBackend();
const whole: View = { outer: 24, channels: 3, inner: 5 };

/** Cuts between rows, in an order of their own; equal cuts leave empty shards. */
const anySplit = fc.record({
  cuts: fc.array(fc.nat({ max: whole.outer }), { maxLength: 6 }),
  order: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
});

interface Split {
  readonly cuts: readonly number[];
  readonly order: readonly number[];
}

/** From which row to which, for every shard. */
function shards({ cuts, order }: Split): { from: number; to: number }[] {
  const at = [0, ...[...cuts].sort((a, b) => a - b), whole.outer];
  return at
    .slice(1)
    .map((to, i) => ({ from: at[i], to, key: order[i] }))
    .sort((a, b) => a.key - b.key);
}

const rowSize = whole.channels * whole.inner;

function shardOf(values: Float32Array | Float64Array, { from, to }: { from: number; to: number }) {
  const shape = [to - from, whole.channels, whole.inner];
  return backend.tensor(values.subarray(from * rowSize, to * rowSize), shape);
}

const viewOf = ({ from, to }: { from: number; to: number }): View => ({ ...whole, outer: to - from });

const classes: [string, Fill][] = [
  ["ordinary data", ordinary],
  ["1e6 + noise", (random) => 1e6 + random.normal()],
  ["shards with means far apart", (random, _, i) => (i < 40 ? 1e4 : -1e4) + random.normal()],
  ["tiny and huge channels", (random, c) => (c === 1 ? 1e18 : 1e-23) * random.normal()],
  ["constant channels", (_, c) => 0.1 * c],
];

describe("moments merged over shards, in any number and order and with empty ones", () => {
  it.each(classes)("are those of the whole to a float64's last bits, for %s", (_, fill) => {
    const batch = makeBatch(new Random(97), whole, "float64", fill);
    const exact = [0, 1, 2].map((c) => extendedStatistics(specification.gather(batch.x, whole, c)));
    fc.assert(
      fc.property(anySplit, (split) => {
        const parts = shards(split).map((shard) => backend.moments(shardOf(batch.x, shard), viewOf(shard)));
        const merged = backend.merge(parts);
        expect(merged.count).toBe(whole.outer * whole.inner);
        exact.forEach(({ mean, variance }, c) => {
          const sigma = Math.sqrt(variance.high);
          const atMean = ulpAt(Math.max(Math.abs(mean.high), sigma), "float64");
          expect(Math.abs(merged.arrays.mean[c] - mean.high) / atMean).toBeLessThanOrEqual(8);
          // what the mean rounds off stands beside it, so that the mean is known to the deviation's last bits
          const low = merged.arrays.mean[c] - mean.high - mean.low + merged.arrays.meanLow[c];
          expect(Math.abs(low)).toBeLessThanOrEqual(64 * ulpAt(sigma, "float64"));
          const error = Math.abs(merged.arrays.m2[c] / merged.count - variance.high);
          expect(error / ulpAt(variance.high, "float64")).toBeLessThanOrEqual(128);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("are, to the bit, those of the one shard that is not empty", () => {
    const { x, view } = upload(backend, makeBatch(new Random(101), whole));
    const moments = backend.moments(x, view);
    const empty = () => backend.moments(backend.tensor([], [0, 3, 5]), { ...whole, outer: 0 });
    for (const parts of [[moments], [empty(), moments], [moments, empty()], [empty(), empty(), moments, empty()]]) {
      const merged = backend.merge(parts);
      expect(merged.count).toBe(moments.count);
      expect(bits(merged.arrays.mean)).toEqual(bits(moments.arrays.mean));
      expect(bits(merged.arrays.m2)).toEqual(bits(moments.arrays.m2));
    }
    expect([...backend.merge([empty(), empty()]).toArray()]).toEqual(new Array(10).fill(0));
  });

  it.each([
    [0, 1],
    [1, 0],
  ])("keep a NaN in its channel, whichever shard it came in (order %i, %i)", (...order) => {
    const of = (values: number[]) =>
      backend.moments(backend.tensor(values, [2, 2]), { outer: 2, channels: 2, inner: 1 });
    const parts = [of([1, 10, 3, 20]), of([Number.NaN, 30, 5, 40])];
    const merged = backend.merge(order.map((i) => parts[i]));
    expect(merged.arrays.mean[0]).toBeNaN();
    expect(merged.arrays.m2[0]).toBeNaN();
    expect(merged.arrays.mean[1]).toBe(25);
    expect(merged.arrays.m2[1]).toBe(500);
  });

  it("leave the parts as they were", () => {
    const { x, view } = upload(backend, makeBatch(new Random(103), whole));
    const part = backend.moments(x, view);
    const before = part.toArray();
    backend.merge([part, part]).dispose();
    expect(part.toArray()).toEqual(before);
  });
});

describe.each(["float32", "float64"] as const)("a pass over shards in %s", (dtype) => {
  it.each([null, "relu"] as const)("is the pass over the whole, with activation %s", (activation) => {
    const batch = makeBatch(new Random(107), whole, dtype);
    const { x, dy, p, o } = upload(backend, batch, activation);
    const fused = backend.train(x, whole, p, o);
    const expected = backend.backward(dy, x, whole, fused, p, o);
    // float32 results differ by a rounding at most, float64 ones by those of the sums
    const tolerance = dtype === "float32" ? 2 ** -22 : 2 ** -44;
    fc.assert(
      fc.property(anySplit, (split) => {
        const parts = shards(split).map((shard) => {
          const view = viewOf(shard);
          return { shard, view, x: shardOf(batch.x, shard), dy: shardOf(batch.dy, shard) };
        });
        const moments = backend.merge(parts.map((part) => backend.moments(part.x, part.view)));
        const sums = backend.mergeGradientSums(
          parts.map((part) => backend.gradientSums(part.dy, part.x, part.view, moments, p, o)),
        );
        for (const part of parts) {
          const y = backend.normalize(part.x, part.view, moments, p, o);
          const gradients = backend.gradients(part.dy, part.x, part.view, moments, sums, p, o);
          const rows = (values: ArrayLike<number> = []) =>
            Array.from(values).slice(part.shard.from * rowSize, part.shard.to * rowSize);
          expectClose(y.values, rows(fused.y.values), tolerance);
          expectClose(gradients.dx?.values, rows(expected.dx?.values), tolerance);
          expectClose(gradients.dweight?.values, expected.dweight?.values, 100 * tolerance);
          expectClose(gradients.dbias?.values, expected.dbias?.values, 100 * tolerance);
        }
      }),
      { numRuns: 25 },
    );
  });
});

it("gradient sums merged in any order are the same to the bit", () => {
  const random = new Random(109);
  const parts = [1e16, 1, -1e16, 3, 1e-9].map((size) =>
    backend.importGradientSums(Float64Array.from({ length: 4 }, () => size * random.normal())),
  );
  const merged = backend.mergeGradientSums(parts).toArray();
  fc.assert(
    fc.property(fc.shuffledSubarray(parts, { minLength: 5 }), (shuffled) => {
      expect(backend.mergeGradientSums(shuffled).toArray()).toEqual(merged);
    }),
  );
});

function expectClose(actual: ArrayLike<number> = [], expected: ArrayLike<number> = [], tolerance = 0): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i])));
  }
}
