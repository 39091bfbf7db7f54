import { floatArray } from "@batchnorm/core/checks";
import { benchChecks } from "../bench.js";
import { expectValues } from "../values.js";
import { arranged, trained, unit } from "./by-channel.js";
import { passStep, shortCaseChecks } from "./short-case.js";

const { NaN: nan } = Number;
const three = {
  x: arranged(...unit.channels, [1, -1, -1, 1]),
  shape: [4, 3],
};
const threeRunning = { running_mean: [3, -2, 0], running_var: [1, 1, 1] };
const modes = ["train", "eval"] as const;

/** Each case in training and in eval, whose running statistics are the batch's. */
export const affineChecks = modes.flatMap((mode) => [
  ...shortCaseChecks("affine", `weights of either sign and 0, and biases, in ${mode}`, {
    options: { numFeatures: 3, eps: 3 },
    judges: ["y"],
    state: { weight: [2, -4, 0], bias: [1, 0.5, -1], ...threeRunning },
    steps: [passStep(mode, { ...three, expected: { y: arranged(...trained.y, [-1, -1, -1, -1]) } })],
  }),
  ...shortCaseChecks("affine", `weight without bias, in ${mode}`, {
    options: { eps: 3, bias: false },
    judges: ["y"],
    state: { weight: [2, -4], ...unit.running },
    steps: [
      passStep(mode, {
        ...unit,
        expected: {
          y: arranged([1, -1, 1, -1], [-2, -2, 2, 2]),
        },
      }),
    ],
  }),
  ...shortCaseChecks("affine", `neither weight nor bias, in ${mode}`, {
    options: { eps: 3, affine: false },
    judges: ["y"],
    state: unit.running,
    steps: [
      passStep(mode, {
        ...unit,
        expected: {
          y: arranged([0.5, -0.5, 0.5, -0.5], [0.5, 0.5, -0.5, -0.5]),
        },
      }),
    ],
  }),
]);

export const reluChecks = [
  ...modes.flatMap((mode) =>
    shortCaseChecks("relu", `negative results become 0, positive ones stay, in ${mode}`, {
      options: { eps: 3, activation: "relu" },
      judges: ["y"],
      state: { weight: [2, -4], bias: [0, 1], ...unit.running },
      steps: [
        passStep(mode, {
          ...unit,
          expected: {
            y: arranged([1, 0, 1, 0], [0, 0, 3, 3]),
          },
        }),
      ],
    }),
  ),
  ...shortCaseChecks("relu", "a NaN in training makes its channel NaN", {
    options: { numFeatures: 1, eps: 3, activation: "relu" },
    judges: ["y"],
    steps: [passStep("train", { x: [4, nan, 4, 2], shape: [4, 1], expected: { y: [nan, nan, nan, nan] } })],
  }),
  ...shortCaseChecks("relu", "a NaN in eval stays alone", {
    options: { eps: 3, activation: "relu" },
    judges: ["y"],
    state: { weight: [1, 1], bias: [0, 0], ...unit.running },
    steps: [
      passStep("eval", {
        x: arranged([4, nan, 4, 2], [-1, -1, -3, -3]),
        shape: [4, 2],
        expected: {
          y: arranged([0.5, nan, 0.5, 0], [0.5, 0.5, 0, 0]),
        },
      }),
    ],
  }),
  // JavaScript's own NaN is positive, that of infinity - infinity is negative on many processors
  ...benchChecks("relu", "a NaN in eval stays, whatever its sign", async ({ dtype, layer, keep, tensor }) => {
    const bn = layer(1, { activation: "relu" }).eval();
    for (const count of [2, 7, 16]) {
      const x = floatArray(dtype, count).fill(nan);
      const bytes = new Uint8Array(x.buffer);
      for (let i = 0; i < count; i++) bytes[(i + 1) * x.BYTES_PER_ELEMENT - 1] = 0xff;
      const y = await keep(bn.forward(tensor(x, [count, 1]))).data();
      expectValues("y of NaN whose sign is negative", y, new Array<number>(count).fill(nan));
    }
  }),
];
