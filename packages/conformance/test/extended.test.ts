import * as specification from "@batchnorm/core/specification";
import { describe, expect, it } from "vitest";
import { fullOptions, type Pass } from "../src/index.js";
import { at } from "../src/judging/exact.js";
import { backwardReference, forwardReference } from "../src/judging/reference.js";

const options = fullOptions({ kind: "BatchNorm1d", numFeatures: 2, eps: 2 ** -10, dtype: "float64" });
const state = {
  weight: Float64Array.of(3, -0.5),
  bias: Float64Array.of(0.25, 2),
  running_mean: Float64Array.of(1, -1),
  running_var: Float64Array.of(2, 0.5),
  num_batches_tracked: 4,
};
const x = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i) + (i % 2));
const dy = Float64Array.from({ length: 40 }, (_, i) => Math.cos(3 * i));
const pass: Pass = { mode: "train", shape: [20, 2], x, dy };

/** Both halves of a pass, with their results by name. */
function referenceOf(one: Pass, o = options) {
  const forward = forwardReference(o, state, one, "float64");
  const { backward, exact } = backwardReference(forward, forward.forward, one.x, one.dy ?? []);
  return { ...forward, backward, all: { ...forward.exact, ...exact } };
}

describe("the reference of float64 results", () => {
  it.each(["train", "eval", "freeze"] as const)("is the specification to the last bits, in %s", (mode) => {
    for (const activation of [null, "relu"] as const) {
      const { forward, backward, running, all } = referenceOf({ ...pass, mode }, { ...options, activation });
      for (const [exact, specified] of [
        [all.y, forward.y],
        [all.mean, forward.mean],
        [all.variance, forward.variance],
        [all.dx, backward.dx],
        [all.dGamma, backward.dGamma],
        [all.dBeta, backward.dBeta],
        [all.running?.mean, running?.mean],
        [all.running?.variance, running?.variance],
      ] as const) {
        expect(exact?.high.length).toBe(specified?.length);
        for (let i = 0; i < (specified?.length ?? 0); i++) expect(exact?.high[i]).toBeCloseTo(specified?.[i] ?? 0, 12);
      }
    }
  });

  it("goes on where float64 ends", () => {
    const { all } = referenceOf({ mode: "train", shape: [3, 2], x: [0, 1, 0, 1, 1, 2], dy: [1, 1, 2, 1, 4, 1] });
    // 1/3, and what float64 leaves out of it
    expect(at(all.mean, 0)).toEqual({ high: 1 / 3, low: 2 ** -54 / 3 });
    expect(at(all.dBeta, 0)).toEqual({ high: 7, low: 0 });
  });

  it("is the specification where double-double arithmetic has no numbers", () => {
    const spoilt = x.map((value, i) => (i === 2 ? Number.NaN : i % 2 === 1 ? value * 1e180 : value));
    const { forward, all } = referenceOf({ ...pass, x: spoilt });
    expect(all.mean.high[0]).toBeNaN();
    expect(forward.variance[1]).toBe(Infinity);
    expect(all.variance.high[1]).toBe(Infinity);
    expect(all.y.high).toEqual(forward.y);
    const inEval = referenceOf({ ...pass, x: spoilt, mode: "eval" });
    expect(inEval.all.y.high[2]).toBeNaN();
    expect(inEval.all.y.high[0]).toBeCloseTo(inEval.forward.y[0] as number, 12);
    expect(inEval.all.y.low?.[0]).not.toBe(0);
  });

  it("is the specification alone where nothing is in float64", () => {
    const { exact, forward, extended } = forwardReference({ ...options, dtype: "float32" }, state, pass, "float32");
    expect(extended).toBeNull();
    expect(exact.y.high).toBe(forward.y);
    expect(exact.y.low).toBeNull();
  });

  it("only counts an empty batch", () => {
    const empty = forwardReference(options, state, { mode: "train", shape: [0, 2], x: [], dy: null }, "float64");
    expect(empty.exact.running?.mean.high).toEqual(state.running_mean);
    expect(empty.numBatchesTracked).toBe(5);
  });

  it("masks by the z that it is given", () => {
    const o = { ...options, activation: "relu" } as const;
    const reference = forwardReference(o, state, pass, "float64");
    const open = { ...reference.forward, z: reference.forward.z.map(() => 1) };
    const { exact } = backwardReference(reference, open, x, dy);
    const plain = specification.parameterGradients(specification.gather(dy, reference.view, 0), new Float64Array(20));
    expect(exact.dBeta.high[0]).toBeCloseTo(plain.dBeta, 12);
  });
});
