import { createCpuBackend } from "@batchnorm/backend-cpu";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  batchNorm,
  type LayerOptions,
  type LoadableStateDict,
} from "../src/index.js";

/** Calls as JavaScript would, past the types. */
const unchecked = <Value>(value: unknown) => value as Value;

const backend = createCpuBackend();
const zeros = (...shape: number[]) => backend.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const layer = (options: LayerOptions = {}) => new BatchNorm1d(backend, 2, options);
const x = zeros(4, 2);
const running = { runningMean: zeros(2), runningVar: zeros(2) };
const load = (dict: unknown) => layer().loadStateDict(unchecked<LoadableStateDict>(dict));
const state = { weight: [1, 1], bias: [0, 0], running_mean: [0, 0], running_var: [1, 1] };

describe("what is refused is told in whole sentences", () => {
  it.each<[string, () => unknown, string]>([
    [
      "no backend",
      () => new BatchNorm1d(unchecked<typeof backend>("cpu"), 2),
      'expected a backend, such as createCpuBackend() returns, got the string "cpu"',
    ],
    [
      "a backend that is still being made",
      () => new BatchNorm1d(unchecked<typeof backend>(Promise.resolve(backend)), 2),
      "expected a backend, such as createCpuBackend() returns, got a Promise; await it first",
    ],
    [
      "no number of features",
      () => new BatchNorm1d(backend, 0),
      "numFeatures must be a positive integer, the number of channels, got 0",
    ],
    [
      "no type of the backend",
      () => layer(unchecked({ dtype: "float16" })),
      'dtype must be float32 or float64 on the cpu backend, got the string "float16"',
    ],
    [
      "an unknown option of a layer",
      () => layer(unchecked({ epsilon: 1 })),
      "the layer has no option epsilon; its options are eps, momentum, affine, bias, trackRunningStats, layout, activation, dtype",
    ],
    [
      "an unknown option of forward",
      () => layer().forward(x, unchecked({ y: x })),
      "a forward pass has no option y; its options are out",
    ],
    [
      "an unknown option of batchNorm",
      () => batchNorm(backend, x, unchecked({ train: true })),
      "batchNorm has no option train; its options are runningMean, runningVar, weight, bias, training, momentum, eps, layout, activation, out",
    ],
    [
      "an unknown option of backward",
      () => batchNorm(backend, x, { training: true }).backward(x, unchecked({ need: {} })),
      "backward has no option need; its options are out, needs",
    ],
    [
      "an unknown need",
      () => batchNorm(backend, x, { training: true }).backward(x, unchecked({ needs: { dX: true } })),
      "needs of backward has no option dX; its options are dx, affine",
    ],
    [
      "an unknown option of freeze",
      () => layer().freeze(unchecked({ paramters: true })),
      "freeze has no option paramters; its options are parameters",
    ],
    [
      "an unknown option of loadStateDict",
      () => layer().loadStateDict(state, unchecked({ Strict: false })),
      "loadStateDict has no option Strict; its options are strict",
    ],
    ["affine", () => layer(unchecked({ affine: 1 })), "affine must be true or false, got 1"],
    ["bias", () => layer(unchecked({ bias: 1 })), "bias must be true or false, got 1"],
    [
      "trackRunningStats",
      () => layer(unchecked({ trackRunningStats: 1 })),
      "trackRunningStats must be true or false, got 1",
    ],
    ["the mode of train", () => layer().train(unchecked(1)), "the mode of train must be true or false, got 1"],
    ["parameters", () => layer().freeze(unchecked({ parameters: 1 })), "parameters must be true or false, got 1"],
    ["strict", () => layer().loadStateDict(state, unchecked({ strict: 1 })), "strict must be true or false, got 1"],
    ["training", () => batchNorm(backend, x, unchecked({ training: 1 })), "training must be true or false, got 1"],
    [
      "needs.dx",
      () => batchNorm(backend, x, { training: true }).backward(x, { needs: { dx: unchecked(1) } }),
      "needs.dx must be true or false, got 1",
    ],
    [
      "needs.affine",
      () => batchNorm(backend, x, { training: true }).backward(x, { needs: { affine: unchecked(1) } }),
      "needs.affine must be true or false, got 1",
    ],
    [
      "freezing what is not there",
      () => layer({ trackRunningStats: false }).freeze(),
      "a layer with trackRunningStats: false has no running statistics to freeze",
    ],
    [
      "inference without statistics",
      () => batchNorm(backend, x),
      "expected runningMean and runningVar when training is false; give both, or training: true",
    ],
    [
      "a mean alone",
      () => batchNorm(backend, x, { runningMean: running.runningMean }),
      "expected runningMean and runningVar together, got only runningMean",
    ],
    [
      "a variance alone",
      () => batchNorm(backend, x, { runningVar: running.runningVar }),
      "expected runningMean and runningVar together, got only runningVar",
    ],
    [
      "no tensor as x",
      () => layer().forward(unchecked<typeof x>([1, 2])),
      "x must be a tensor of the cpu backend, got an Array of length 2; make one with backend.tensor(values, shape)",
    ],
    [
      "nothing as x",
      () => layer().forward(unchecked<typeof x>(undefined)),
      "x must be a tensor of the cpu backend, got undefined; make one with backend.tensor(values, shape)",
    ],
    [
      "a tensor that is still being made",
      () => layer().forward(unchecked<typeof x>(Promise.resolve(x))),
      "x must be a tensor of the cpu backend, got a Promise; await it first",
    ],
    [
      "another library's array as x",
      () => layer().forward(unchecked<typeof x>({ shape: [2, 2], dtype: "generic" })),
      "x must be a tensor of the cpu backend, got an Object; make one with backend.tensor(values, shape)",
    ],
    [
      "integers as x",
      () => batchNorm(backend, unchecked<typeof x>({ shape: [2, 2], dtype: "int32", dispose() {} }), running),
      "x must be float32 or float64 on the cpu backend, got int32; convert it to float32 first",
    ],
    [
      "no tensor as weight",
      () => batchNorm(backend, x, { ...running, weight: unchecked<typeof x>([1, 1]) }),
      "weight must be a tensor of the cpu backend, got an Array of length 2; make one with backend.tensor(values, shape)",
    ],
    [
      "no tensor as dy",
      () => batchNorm(backend, x, running).backward(unchecked<typeof x>(null)),
      "dy must be a tensor of the cpu backend, got null; make one with backend.tensor(values, shape)",
    ],
    [
      "a dy of another shape",
      () => batchNorm(backend, x, running).backward(zeros(2, 4)),
      "dy must have the shape of y, [4, 2], got [2, 4]",
    ],
    [
      "a dy of another type",
      () => batchNorm(backend, x, running).backward(backend.tensor(new Float64Array(8), [4, 2])),
      "dy must be float32 as x was, got float64",
    ],
    ...(
      [
        [BatchNorm1d, "channels-first", 4, "2D or 3D", "BatchNorm1d takes (N, C) or (N, C, L)"],
        [BatchNorm1d, "channels-last", 4, "2D or 3D", "BatchNorm1d takes (N, C) or (N, L, C)"],
        [BatchNorm2d, "channels-first", 3, "4D", "BatchNorm2d takes (N, C, H, W)"],
        [BatchNorm2d, "channels-last", 3, "4D", "BatchNorm2d takes (N, H, W, C)"],
        [BatchNorm3d, "channels-first", 3, "5D", "BatchNorm3d takes (N, C, D, H, W)"],
        [BatchNorm3d, "channels-last", 3, "5D", "BatchNorm3d takes (N, D, H, W, C)"],
      ] as const
    ).map(([kind, layout, rank, ranks, takes]): [string, () => unknown, string] => [
      `another rank for ${kind.name}, ${layout}`,
      () => new kind(backend, 2, { layout }).forward(zeros(...Array.from({ length: rank }, () => 2))),
      `expected ${ranks} input (got ${rank}D input): ${takes}, the input has shape [${Array(rank).fill(2).join(", ")}]`,
    ]),
    [
      "one dimension for batchNorm",
      () => batchNorm(backend, zeros(2), running),
      "expected at least 2D input (got 1D input): (N, C, ...) or (N, ..., C)",
    ],
    [
      "other channels",
      () => layer().forward(zeros(4, 3)),
      "expected 2 channels on axis 1 (channels-first), got 3 in the shape [4, 3]",
    ],
    [
      "channels where the other layout has them",
      () => layer().forward(zeros(4, 5, 2)),
      'expected 2 channels on axis 1 (channels-first), got 5 in the shape [4, 5, 2]; is it channels-last? Say so with { layout: "channels-last" }',
    ],
    [
      "channels where the usual layout has them",
      () => layer({ layout: "channels-last" }).forward(zeros(4, 2, 5)),
      'expected 2 channels on axis 2 (channels-last), got 5 in the shape [4, 2, 5]; is it channels-first? Say so with { layout: "channels-first" }',
    ],
    [
      "no channels",
      () => batchNorm(backend, zeros(4, 0), { training: true }),
      "expected at least one channel, got the shape [4, 0]",
    ],
    [
      "one value per channel",
      () => layer().forward(zeros(1, 2)),
      "Expected more than 1 value per channel when training, got input size [1, 2]: one value has no variance; use a larger batch, or eval() or freeze() to normalize by running statistics",
    ],
    [
      "one value per channel, without running statistics",
      () => layer({ trackRunningStats: false }).eval().forward(zeros(1, 2)),
      "Expected more than 1 value per channel when training, got input size [1, 2]: one value has no variance; use a larger batch, or a layer with trackRunningStats: true, which normalizes by running statistics in eval()",
    ],
    [
      "one value per channel for batchNorm",
      () => batchNorm(backend, zeros(1, 2), { ...running, training: true }),
      "Expected more than 1 value per channel when training, got input size [1, 2]: one value has no variance; use a larger batch, or training: false to normalize by runningMean and runningVar",
    ],
    [
      "backward before forward",
      () => layer().backward(x),
      "backward came before any forward; call forward(x) first, or backward of what call(x) returned",
    ],
    [
      "backward after dispose",
      () => {
        const call = layer().call(x);
        call.dispose();
        call.backward(x);
      },
      "backward came after the call was disposed; dispose it after its last backward",
    ],
    [
      "a layer after its dispose",
      () => {
        const bn = layer();
        bn.dispose();
        bn.forward(x);
      },
      "the BatchNorm1d was used after its dispose()",
    ],
    ["a rate of step", () => layer().step(Number.NaN), "the rate of step must be a finite number, got NaN"],
    [
      "no dictionary",
      () => load([1, 2]),
      "expected a state dictionary such as { weight, bias, running_mean, running_var }, got an Array of length 2",
    ],
    [
      "a Map",
      () => load(new Map(Object.entries(state))),
      "expected a state dictionary such as { weight, bias, running_mean, running_var }, got a Map; Object.fromEntries(map) makes one",
    ],
    [
      "a dictionary that is still being read",
      () => load(layer().stateDict()),
      "expected a state dictionary such as { weight, bias, running_mean, running_var }, got a Promise; await it first",
    ],
    [
      "a layer",
      () => load(layer()),
      "expected a state dictionary such as { weight, bias, running_mean, running_var }, got a BatchNorm1d; await layer.stateDict() is one",
    ],
    [
      "keys missing and unexpected",
      () => load({ running_mean: [0, 0], running_var: [1, 1], scale: 1, offset: 0 }),
      [
        "Error(s) in loading state_dict for BatchNorm1d:",
        'Missing key(s) in state_dict: "weight", "bias".',
        'Unexpected key(s) in state_dict: "scale", "offset".',
        "Nothing was loaded; { strict: false } loads the keys that fit and reports the others.",
      ].join("\n  "),
    ],
    [
      "values that do not fit",
      () =>
        load({
          weight: [1],
          bias: { 0: 1, 1: 2 },
          running_mean: [0, "1"],
          running_var: 1,
          num_batches_tracked: 1.5,
        }),
      [
        "Error(s) in loading state_dict for BatchNorm1d:",
        "size mismatch for weight: expected shape [2], got shape [1].",
        "wrong value for bias: expected 2 numbers as an array or typed float array, got an Object; JSON turns a typed array into an object: store Array.from(values).",
        'wrong value for running_mean: expected numbers, got the string "1" at index 1.',
        "size mismatch for running_var: expected shape [2], got the single number 1.",
        "wrong value for num_batches_tracked: expected an integer from 0 to 2^53 - 1, got 1.5.",
        "Nothing was loaded.",
      ].join("\n  "),
    ],
    [
      "what is no array, and what float32 cannot hold",
      () => load({ ...state, weight: {}, bias: [0, -1e300], running_mean: null, running_var: ["1", 1] }),
      [
        "Error(s) in loading state_dict for BatchNorm1d:",
        "wrong value for weight: expected 2 numbers as an array or typed float array, got an Object.",
        "wrong value for bias: expected numbers that float32 can hold, got -1e+300 at index 1.",
        "wrong value for running_mean: expected 2 numbers as an array or typed float array, got null.",
        'wrong value for running_var: expected numbers, got the string "1" at index 0.',
        "Nothing was loaded.",
      ].join("\n  "),
    ],
  ])("%s", (_, use, message) => {
    expect(thrown(use).message).toBe(message);
  });
});
