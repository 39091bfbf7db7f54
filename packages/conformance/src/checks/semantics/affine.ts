import { floatArray } from "@batchnorm/core/checks";
import { benchChecks } from "../bench.js";
import { expectValues } from "../values.js";
import { arranged, trained, unit } from "./by-channel.js";
import { passChecks } from "./short-case.js";

const { NaN: nan } = Number;
const three = { x: arranged(...unit.channels, [1, -1, -1, 1]), shape: [4, 3] };
const threeRunning = { running_mean: [3, -2, 0], running_var: [1, 1, 1] };
const modes = ["train", "eval"] as const;
const relu = { eps: 3, activation: "relu" } as const;

/** Each case in training and in eval, whose running statistics are the batch's. */
export const affineChecks = modes.flatMap((mode) => [
  ...passChecks(
    "affine",
    `weights of either sign and 0, and biases, in ${mode}`,
    mode,
    { ...three, expected: { y: arranged(...trained.y, [-1, -1, -1, -1]) } },
    { options: { numFeatures: 3, eps: 3 }, state: { weight: [2, -4, 0], bias: [1, 0.5, -1], ...threeRunning } },
  ),
  ...passChecks(
    "affine",
    `weight without bias, in ${mode}`,
    mode,
    { ...unit, expected: { y: arranged([1, -1, 1, -1], [-2, -2, 2, 2]) } },
    { options: { eps: 3, bias: false }, state: { weight: [2, -4], ...unit.running } },
  ),
  ...passChecks(
    "affine",
    `neither weight nor bias, in ${mode}`,
    mode,
    { ...unit, expected: { y: arranged([0.5, -0.5, 0.5, -0.5], [0.5, 0.5, -0.5, -0.5]) } },
    { options: { eps: 3, affine: false }, state: unit.running },
  ),
]);

export const reluChecks = [
  ...modes.flatMap((mode) =>
    passChecks(
      "relu",
      `negative results become 0, positive ones stay, in ${mode}`,
      mode,
      { ...unit, expected: { y: arranged([1, 0, 1, 0], [0, 0, 3, 3]) } },
      { options: relu, state: { weight: [2, -4], bias: [0, 1], ...unit.running } },
    ),
  ),
  ...passChecks(
    "relu",
    "a NaN in training makes its channel NaN",
    "train",
    { x: [4, nan, 4, 2], shape: [4, 1], expected: { y: [nan, nan, nan, nan] } },
    { options: { numFeatures: 1, ...relu } },
  ),
  ...passChecks(
    "relu",
    "a NaN in eval stays alone",
    "eval",
    {
      x: arranged([4, nan, 4, 2], [-1, -1, -3, -3]),
      shape: [4, 2],
      expected: { y: arranged([0.5, nan, 0.5, 0], [0.5, 0.5, 0, 0]) },
    },
    { options: relu, state: { weight: [1, 1], bias: [0, 0], ...unit.running } },
  ),
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
