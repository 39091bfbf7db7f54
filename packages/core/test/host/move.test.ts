import { bits } from "@batchnorm/testing/bits";
import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const backend = hostBackend(new PlainEngine());

/** Moments of 1, 2, 3 and of 10, 20, 30: means 2 and 20, sums of squared deviations 2 and 200. */
function moments() {
  return backend.importMoments(Float64Array.of(3, 2, 20, 0, 0, 2, 200));
}

function running(dtype: "float32" | "float64" = "float32") {
  return { mean: backend.state([4, -4], [2], dtype), variance: backend.state([8, 16], [2], dtype) };
}

function moved(weight: number, correction: 0 | 1, dtype?: "float32" | "float64") {
  const to = running(dtype);
  backend.move(to, moments(), weight, correction);
  return { mean: [...to.mean.values], variance: [...to.variance.values] };
}

describe.each(["float32", "float64"] as const)("running statistics in %s", (dtype) => {
  it("move by the weight of the new value, to the unbiased variance with correction 1", () => {
    // (1 - 1/4) 8 + 1/4 * 2/2; (1 - 1/4) 16 + 1/4 * 200/2
    expect(moved(0.25, 1, dtype)).toEqual({ mean: [3.5, 2], variance: [6.25, 37] });
  });

  it("and to the biased one with correction 0", () => {
    expect(moved(0.75, 0, dtype).variance.map((v) => Math.round(v * 1e5) / 1e5)).toEqual([2.5, 54]);
  });

  it("stay with weight 0", () => {
    expect(moved(0, 1, dtype)).toEqual({ mean: [4, -4], variance: [8, 16] });
  });

  it("become the batch's with weight 1", () => {
    expect(moved(1, 1, dtype)).toEqual({ mean: [2, 20], variance: [1, 100] });
  });
});

it("moving leaves the moments as they are", () => {
  const by = moments();
  const before = bits(by.values);
  backend.move(running(), by, 0.5, 1);
  expect(bits(by.values)).toEqual(before);
});

it("running statistics move both or neither", () => {
  const one = { mean: backend.state([4, -4], [2]), variance: backend.state([8], [1]) };
  expect(() => backend.move(one, moments(), 0.5, 1)).toThrow(/variance must hold one value for each of the 2 channels/);
  const tensor = { mean: backend.state([4, -4], [2]), variance: backend.tensor([8, 16], [2]) };
  expect(() => backend.move(tensor, moments(), 0.5, 1)).toThrow(/only a state is written/);
  const gone = running();
  gone.variance.dispose();
  expect(() => backend.move(gone, moments(), 0.5, 1)).toThrow(/after its dispose/);
  const disposed = moments();
  disposed.dispose();
  const all = running();
  expect(() => backend.move(all, disposed, 0.5, 1)).toThrow(/after their dispose/);
  for (const { mean } of [one, tensor, gone, all]) expect([...mean.values]).toEqual([4, -4]);
});

it("moves nothing by moments of no values, and refuses one value with correction 1, which divides by zero", () => {
  const running = { mean: backend.state([5, 5], [2]), variance: backend.state([3, 3], [2]) };
  const of = (values: number[], outer: number) =>
    backend.moments({ x: backend.tensor(values, [outer, 2]), view: { outer, channels: 2, inner: 1 } });
  backend.move(running, of([], 0), 0.1, 1);
  const one = of([1, 2], 1);
  expect(() => backend.move(running, one, 0.1, 1)).toThrow(
    /correction 1 divides by 0; use more values, or correction 0/,
  );
  expect([...running.mean.values, ...running.variance.values]).toEqual([5, 5, 3, 3]);
  backend.move(running, one, 1, 0);
  expect([...running.mean.values, ...running.variance.values]).toEqual([1, 2, 0, 0]);
});

it("a float32 running variance overflows at 1e20, and says so by an infinity", () => {
  const running = { mean: backend.state([0], [1]), variance: backend.state([1], [1]) };
  const x = backend.tensor([1e20, -1e20], [2, 1]);
  backend.move(running, backend.moments({ x, view: { outer: 2, channels: 1, inner: 1 } }), 0.1, 1);
  expect(running.variance.values[0]).toBe(Infinity);
  expect(running.mean.values[0]).toBe(0);
});
