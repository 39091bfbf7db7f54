import { type CpuBackend, type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend, DType, Pass } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { boundOf, type Case, goals, type Mode, type Operation, runCase } from "../src/index.js";
import { altered, type Changes } from "./altered.js";

/** z is 0 at the middle values, and far from it at the others. */
const caseIn = (mode: Mode): Case => ({
  name: "around 0",
  about: "ReLU is decided by rounding at some values, and not at others",
  options: { kind: "BatchNorm1d", numFeatures: 1, activation: "relu" },
  state: { weight: [1], bias: [0], running_mean: [2], running_var: [1] },
  steps: [
    {
      do: "pass",
      pass: { mode, shape: [6, 1], x: [0, 1, 2, 2, 3, 4], dy: [1, 2, 4, 8, 16, 32] },
      accumulate: false,
    },
  ],
});

/** Those results that are beyond what any good backend shows. */
async function wrong(backend: Backend<CpuTensor>, mode: Mode, dtype: DType): Promise<Operation[]> {
  const found: Operation[] = [];
  const one = caseIn(mode);
  for await (const seen of runCase(backend, { ...one, options: { ...one.options, dtype } }, dtype)) {
    if (!(seen.ulp <= boundOf(goals, seen))) found.push(seen.operation);
  }
  return found;
}

/** Those that change where the mask does at x-hat = 0, and elsewhere. */
const atZero = ["dx", "dbias"];
const elsewhere = ["dx", "dweight", "dbias"];

describe.each(["float32", "float64"] as const)("ReLU near 0 in %s", (dtype) => {
  /** half an ulp of 1: an error that y may have */
  const little = dtype === "float32" ? 2 ** -25 : 2 ** -53;

  /** A pass with another bias. */
  function shifted(backend: CpuBackend, pass: Pass<CpuTensor>, by: number): Pass<CpuTensor> {
    return { ...pass, bias: backend.state([by], [1], dtype) };
  }

  function forwardBy(right: CpuBackend, by: number): Changes {
    return {
      train: (pass, ...others) => right.train(shifted(right, pass, by), ...others),
      apply: (pass, ...others) => right.apply(shifted(right, pass, by), ...others),
    };
  }

  function backwardBy(right: CpuBackend, by: number): Changes {
    return { backward: (pass, ...others) => right.backward(shifted(right, pass, by), ...others) };
  }

  describe.each(["train", "eval"] as const)("in %s", (mode) => {
    it("lets nothing through where y is 0", async () => {
      expect(await wrong(createCpuBackend(), mode, dtype)).toEqual([]);
      const open = altered((right) => backwardBy(right, little));
      expect(await wrong(open, mode, dtype)).toEqual(atZero);
    });

    it("goes by the backend's own y where rounding decides", async () => {
      const above = altered((right) => ({ ...forwardBy(right, little), ...backwardBy(right, little) }));
      expect(await wrong(above, mode, dtype)).toEqual([]);
      const torn = altered((right) => forwardBy(right, little));
      expect(await wrong(torn, mode, dtype)).toEqual(atZero);
    });

    it("goes by the specification where it does not, whatever y is", async () => {
      const open = altered((right) => backwardBy(right, 1.5));
      expect(await wrong(open, mode, dtype)).toEqual(elsewhere);
      const both = altered((right) => ({ ...forwardBy(right, 1.5), ...backwardBy(right, 1.5) }));
      expect(await wrong(both, mode, dtype)).toEqual(["y", ...elsewhere]);
    });
  });
});
