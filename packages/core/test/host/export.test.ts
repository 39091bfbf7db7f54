import { bits } from "@batchnorm/testing/bits";
import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { makeInputs } from "../helpers/operations.js";
import { engines } from "../helpers/plain-engine.js";

const view = { outer: 9, channels: 4, inner: 7 };
const needs = { dx: true, affine: true };

describe.each(engines)("moments and gradient sums that travel, by %s", (_, makeEngine) => {
  const here = hostBackend(makeEngine());
  const there = hostBackend(makeEngine());

  it("are an array: count, means, their low parts, sums of squared deviations", async () => {
    const pass = {
      x: here.tensor([1, 10, 3, 30], [2, 2]),
      view: { outer: 2, channels: 2, inner: 1 },
      weight: null,
      bias: null,
      eps: 2,
      activation: null,
    };
    const moments = here.moments(pass);
    expect(await moments.export()).toEqual(Float64Array.of(2, 2, 20, 0, 0, 2, 200));
    const dy = here.tensor([5, 6, 7, 9], [2, 2]);
    // sum dy; sum dy (x - mean)
    expect(await here.gradientSums(pass, moments, dy).export()).toEqual(Float64Array.of(12, 15, 2, 30));
  });

  it("come back with the same bits", async () => {
    const { moments, sums } = makeInputs(here, view);
    const values = await moments.export();
    const back = there.importMoments(values);
    expect(back.count).toBe(63);
    expect(bits(await back.export())).toEqual(bits(values));
    const exported = await sums.export();
    expect(bits(await there.importGradientSums(exported).export())).toEqual(bits(exported));
  });

  it("give the same results in another backend", async () => {
    const a = makeInputs(here, view, { activation: "relu" });
    const fused = here.train(a, null);
    const gradients = here.backward(a, fused.moments, a.dy, { needs, out: null, sums: null });
    const sums = here.gradientSums(a, fused.moments, a.dy);

    const b = makeInputs(there, view, { activation: "relu" });
    const moments = there.importMoments(await fused.moments.export());
    const moved = there.importGradientSums(await sums.export());
    expect(there.apply(b, moments, null).values).toEqual(fused.y.values);
    const there2 = there.backward(b, moments, b.dy, { needs, out: null, sums: moved });
    expect(there2.dx?.values).toEqual(gradients.dx?.values);
    expect(there2.dweight?.values).toEqual(gradients.dweight?.values);
    expect(there2.dbias?.values).toEqual(gradients.dbias?.values);
  });

  it.each([
    ["moments", Float64Array.of(2, 1, 0, 1), (values: Float64Array) => here.importMoments(values)],
    ["gradient sums", Float64Array.of(2, 1), (values: Float64Array) => here.importGradientSums(values)],
  ])("are copies: neither side sees what the other writes, %s", async (_, expected, make) => {
    const given = expected.slice();
    const imported = make(given);
    given.fill(9);
    expect(await imported.export()).toEqual(expected);
    (await imported.export()).fill(9);
    expect(await imported.export()).toEqual(expected);
  });
});
