import type { View } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import fc from "./helpers/properties.js";
import { Random } from "./helpers/random.js";

const backend = createCpuBackend();
const whole: View = { outer: 24, channels: 3, inner: 5 };

describe("moments merged over shards", () => {
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
