import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import { Random } from "./helpers/random.js";

const view = { outer: 9, channels: 4, inner: 7 };

describe("moments and gradient sums that travel", () => {
  const here = createCpuBackend();
  const there = createCpuBackend();
  const batch = makeBatch(new Random(113), view, "float32", (random) => 1e4 + random.normal());

  it("are an array: count, means, their low parts, sums of squared deviations", async () => {
    const x = here.tensor([1, 10, 3, 30], [2, 2]);
    const moments = here.moments(x, { outer: 2, channels: 2, inner: 1 });
    expect(await here.exportMoments(moments)).toEqual(Float64Array.of(2, 2, 20, 0, 0, 2, 200));
    const o = { eps: 2, activation: null, out: null, needs: { dx: true, affine: true } };
    const dy = here.tensor([5, 6, 7, 9], [2, 2]);
    const none = { weight: null, bias: null };
    const sums = here.gradientSums(dy, x, { outer: 2, channels: 2, inner: 1 }, moments, none, o);
    // sum dy; sum dy (x - mean)
    expect(await here.exportGradientSums(sums)).toEqual(Float64Array.of(12, 15, 2, 30));
  });

  it("come back with the same bits", async () => {
    const { x, dy, p, o } = upload(here, batch);
    const moments = here.moments(x, view);
    const values = await here.exportMoments(moments);
    const back = there.importMoments(values);
    expect(back.count).toBe(63);
    expect(bits(await there.exportMoments(back))).toEqual(bits(values));
    const sums = await here.exportGradientSums(here.gradientSums(dy, x, view, moments, p, o));
    expect(bits(await there.exportGradientSums(there.importGradientSums(sums)))).toEqual(bits(sums));
  });

  it("give the same results in another backend", async () => {
    const a = upload(here, batch, "relu");
    const fused = here.train(a.x, view, a.p, a.o);
    const gradients = here.backward(a.dy, a.x, view, fused, a.p, a.o);
    const sums = here.gradientSums(a.dy, a.x, view, fused.moments, a.p, a.o);

    const b = upload(there, batch, "relu");
    const moments = there.importMoments(await here.exportMoments(fused.moments));
    const moved = there.importGradientSums(await here.exportGradientSums(sums));
    expect(there.normalize(b.x, view, moments, b.p, b.o).values).toEqual(fused.y.values);
    const there2 = there.gradients(b.dy, b.x, view, moments, moved, b.p, b.o);
    expect(there2.dx?.values).toEqual(gradients.dx?.values);
    expect(there2.dweight?.values).toEqual(gradients.dweight?.values);
    expect(there2.dbias?.values).toEqual(gradients.dbias?.values);
  });

  it("are copies: neither side sees what the other writes", async () => {
    const moments = here.importMoments(Float64Array.of(2, 1, 0, 1));
    const values = await here.exportMoments(moments);
    values.fill(9);
    expect(await here.exportMoments(moments)).toEqual(Float64Array.of(2, 1, 0, 1));
    const given = Float64Array.of(2, 1, 0, 1);
    const imported = here.importMoments(given);
    given.fill(9);
    expect(await here.exportMoments(imported)).toEqual(Float64Array.of(2, 1, 0, 1));
  });
});
