/** Running variances slightly below 0, as models trained by Caffe have them. */
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { type DType, StateDictError } from "@batchnorm/core";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { BatchNorm1d, batchNorm } from "../src/index.js";

const backend = createCpuBackend();
const remedy = "use the eps that the model was trained with, or set variances that rounding made negative to 0";

const layer = (dtype: DType, eps: number) => new BatchNorm1d(backend, 2, { dtype, eps, affine: false }).eval();
const stateWith = (variance: number) => ({ running_mean: [0, 0], running_var: [1, variance] });

describe("a layer in eval", () => {
  it.each<[DType, number, number]>([
    ["float32", 1e-5, -9.9998997e-6],
    ["float64", 1e-5, -9.9998997e-6],
    ["float32", 1, -0.75],
    ["float64", 1e-5, -0.99999999e-5],
  ])("of %s and eps %d takes a variance of %d", async (dtype, eps, variance) => {
    const bn = layer(dtype, eps);
    bn.loadStateDict(stateWith(variance));
    const held = dtype === "float32" ? Math.fround(variance) : variance;
    expect((await bn.stateDict()).running_var?.[1]).toBe(held);
    const x = backend.tensor(Float64Array.of(1, 2, 3, -4), [2, 2]);
    const y = [...bn.forward(x).values];
    const deviation = Math.sqrt(held + eps);
    for (const [at, value] of [
      [1, 2 / deviation],
      [3, -4 / deviation],
    ] as const) {
      expect(Math.abs((y[at] as number) / value - 1)).toBeLessThan(1e-15);
    }
  });

  it.each<[DType, number, number]>([
    ["float32", 1e-5, -1],
    ["float32", 1e-5, -1e-5],
    ["float64", 1e-5, -1e-5],
    ["float32", 1e-3, -1e-3], // float32 holds both as more than 1e-3
    ["float64", 1e-3, -1.0000001e-3],
    ["float32", 0, -1e-30],
    ["float32", 1e-5, -1e300],
    ["float64", 1, -Infinity],
  ])("of %s and eps %d refuses one of %d, by channel and remedy", (dtype, eps, variance) => {
    const error = thrown(() => layer(dtype, eps).loadStateDict(stateWith(variance))) as StateDictError;
    expect(error).toBeInstanceOf(StateDictError);
    expect(error).toMatchObject({ misshaped: [], invalid: ["running_var"] });
    expect(error.message).toContain(
      `wrong value for running_var: expected variances above -eps, got ${variance} in channel 1 with eps ${eps}; ${remedy}.`,
    );
  });

  it("leaves it out with { strict: false }, and says so", async () => {
    const bn = layer("float32", 1e-5);
    const report = bn.loadStateDict({ running_mean: [3, 4], running_var: [2, -2] }, { strict: false });
    expect(report).toEqual({ missing: [], unexpected: [], misshaped: [], invalid: ["running_var"] });
    const { running_mean, running_var } = await bn.stateDict();
    expect([running_mean, running_var]).toEqual([Float32Array.of(3, 4), Float32Array.of(1, 1)]);
  });

  it("refuses to compute with one that was written past it", () => {
    const bn = layer("float32", 1e-5);
    bn.runningVar?.values.set([1, -2]);
    expect(thrown(() => bn.forward(backend.tensor([1, 2], [1, 2]))).message).toBe(
      `runningVar: expected variances above -eps, got -2 in channel 1 with eps 0.00001; ${remedy}`,
    );
  });
});

describe("batchNorm", () => {
  const x = backend.tensor([1, 2, 3, 4], [2, 2]);
  const withVariances = (...variances: number[]) => ({
    runningMean: backend.state([0, 2], [2]),
    runningVar: backend.state(Float64Array.from(variances), [2]),
  });

  it("takes variances above -eps, and gradients by them", () => {
    const call = batchNorm(backend, x, { ...withVariances(1, -0.75), eps: 1 });
    expect(call.y.values[3]).toBe(4);
    expect(call.backward(x).dx?.values[3]).toBe(8);
  });

  it.each([
    [1e-5, -0.5],
    [1e-5, -1e-5],
    [0, -1e-300],
    [1, -Infinity],
  ])(
    "refuses with eps %d one of %d in inference, which would give NaN or infinities, and keeps nothing",
    (eps, variance) => {
      const statistics = withVariances(1, variance);
      const { liveBuffers } = backend.memory();
      expect(thrown(() => batchNorm(backend, x, { ...statistics, eps }))).toMatchObject({
        code: "ERR_OPTION",
        message: `runningVar: expected variances above -eps, got ${variance} in channel 1 with eps ${eps}; ${remedy}`,
      });
      expect(backend.memory().liveBuffers).toBe(liveBuffers);
    },
  );

  it("does not divide by them in training", () => {
    const { runningVar, ...rest } = withVariances(1, -0.5);
    batchNorm(backend, x, { ...rest, runningVar, training: true, momentum: 0.5 });
    expect([...runningVar.values]).toEqual([1.5, 0.75]);
  });

  it("lets NaN stay in its channel, and a variance of 0 with eps 0 as it is", () => {
    const diverged = batchNorm(backend, x, withVariances(1, Number.NaN));
    expect([...diverged.y.values].map(Number.isFinite)).toEqual([true, false, true, false]);
    const constant = batchNorm(backend, x, { ...withVariances(1, 0), eps: 0 });
    expect([...constant.y.values].map(Number.isFinite)).toEqual([true, false, true, false]);
  });
});
