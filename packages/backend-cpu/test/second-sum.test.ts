import * as specification from "@batchnorm/core/specification";
import { bits } from "@batchnorm/testing/bits";
import { Random } from "@batchnorm/testing/random";
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";

/**
 * Two million values of a channel, the first of which lies so far off that sums about it keep too few digits in
 * float32 as well.
 */
const n = 2 ** 21 + 3;

describe.each([
  ["channels-first", { outer: 1, channels: 2, inner: n }, (c: number, i: number) => c * n + i],
  ["channels-last", { outer: n, channels: 2, inner: 1 }, (c: number, i: number) => i * 2 + c],
] as const)("a first value far from two million others, in %s", (_, view, at) => {
  const random = new Random(173);
  const x = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    x[at(0, i)] = i === 0 ? 1e6 : 3 + random.uniform();
    x[at(1, i)] = random.uniform();
  }

  it("costs its channel nothing that float32 shows, and its neighbour not a bit", () => {
    const backend = createCpuBackend();
    const tensor = backend.tensor(x, [view.outer, view.channels, view.inner]);
    const [mean, m2] = meansAndSquares(backend.moments({ x: tensor, view }));
    const values = Float64Array.from({ length: n }, (_, i) => x[at(0, i)]);
    const mu = specification.mean(values);
    const sigma2 = specification.variance(values, mu);
    expect(Math.fround(mean[0])).toBe(Math.fround(mu));
    expect(Math.fround(m2[0] / n)).toBe(Math.fround(sigma2));

    tensor.values[at(0, 0)] = 3;
    const [meanWithout, m2Without] = meansAndSquares(backend.moments({ x: tensor, view }));
    expect(bits(m2.subarray(1))).toBe(bits(m2Without.subarray(1)));
    expect(bits(mean.subarray(1))).toBe(bits(meanWithout.subarray(1)));
    expect(m2[0]).not.toBe(m2Without[0]);
  });
});

function meansAndSquares({ values, channels }: { values: Float64Array; channels: number }) {
  return [values.subarray(0, channels), values.subarray(2 * channels)];
}
