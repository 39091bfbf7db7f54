import type { Case, CaseOptions, Mode, Step } from "@batchnorm/conformance";
import type { DType } from "@batchnorm/core";
import { channelsLast, convolve, filterCount } from "../digits/convolutions.js";
import { digits, side } from "../digits/digits.js";

/** Training with steps of gradient descent, an evaluation, a frozen step, and training again. */
const modes: readonly Mode[] = ["train", "train", "train", "eval", "freeze", "train"];

/** A case for each kind of layer, on handwritten digits. */
export function digitCases(dtype: DType): Case[] {
  return [
    digitCase("1d: digits (64, 784)", "most of the border pixels are 0 in every picture: constant channels", {
      options: { kind: "BatchNorm1d", numFeatures: 784, dtype },
      shape: [64, 784],
      values: (batch) => digits(batch, 64),
    }),
    digitCase("2d: digits (32, 1, 28, 28)", "a single channel", {
      options: { kind: "BatchNorm2d", numFeatures: 1, dtype },
      shape: [32, 1, side, side],
      values: (batch) => digits(batch, 32),
    }),
    digitCase("2d: filtered digits (16, 6, 28, 28), ReLU", "feature maps of six 3 x 3 filters, ReLU fused", {
      options: { kind: "BatchNorm2d", numFeatures: filterCount, dtype, activation: "relu" },
      shape: [16, filterCount, side, side],
      values: (batch) => convolve(digits(batch, 16)),
    }),
    digitCase("2d: filtered digits (16, 28, 28, 6)", "the same maps, channels last", {
      options: { kind: "BatchNorm2d", numFeatures: filterCount, dtype, layout: "channels-last" },
      shape: [16, side, side, filterCount],
      values: (batch) => channelsLast(convolve(digits(batch, 16)), filterCount, side * side),
    }),
    digitCase("3d: stacks of digits (8, 1, 5, 28, 28)", "cumulative running statistics", {
      options: { kind: "BatchNorm3d", numFeatures: 1, dtype, momentum: null },
      shape: [8, 1, 5, side, side],
      values: (batch) => digits(batch, 40),
    }),
  ];
}

interface Input {
  readonly options: CaseOptions;
  readonly shape: readonly number[];
  readonly values: (batch: number) => Float32Array;
}

function digitCase(name: string, about: string, { options, shape, values }: Input): Case {
  const batches = Array.from({ length: modes.length + 1 }, (_, batch) => values(batch));
  const steps = modes.flatMap((mode, step): Step[] => {
    const x = batches[step] as Float32Array;
    const next = batches[step + 1] as Float32Array;
    // the gradient of half the squared distance to the next batch, were y = x
    const dy = x.map((value, i) => value - (next[i] as number));
    const pass: Step = { do: "pass", pass: { mode, shape, x, dy }, accumulate: false };
    return mode === "train" ? [pass, { do: "step", rate: 1e-3 }] : [pass];
  });
  return { name, about, options, steps };
}
