import { benchChecks } from "../bench.js";
import { expectValues } from "../values.js";
import { arranged, inferred, trained, unit, unitGradient } from "./by-channel.js";
import { expectNear } from "./expectations.js";
import { passChecks, passStep, shortCaseChecks } from "./short-case.js";

const { dweight, dbias } = trained;
const pass = { ...unit, dy: unitGradient };
const twice = (values: readonly number[]) => values.map((value) => 2 * value);

export const parameterGradientChecks = [
  ...passChecks(
    "parameter-gradients",
    "of weight and bias",
    "train",
    { ...pass, expected: { dweight, dbias } },
    { options: { eps: 3 }, state: trained.state },
  ),
  ...passChecks(
    "parameter-gradients",
    "of weight without bias",
    "train",
    { ...pass, expected: { dweight } },
    { options: { eps: 3, bias: false } },
  ),
  ...shortCaseChecks("gradients-accumulate", "two backward passes, then zeroGrad() and a third", {
    options: { eps: 3 },
    judges: ["dweight", "dbias"],
    steps: [
      passStep("train", { ...pass, expected: { dweight, dbias } }, { accumulate: true }),
      passStep("train", { ...pass, expected: { dweight: twice(dweight), dbias: twice(dbias) } }, { accumulate: true }),
      passStep("train", { ...pass, expected: { dweight, dbias } }),
    ],
  }),
  ...benchChecks("gradients-accumulate", "two backward passes of one call", async (bench) => {
    const { layer, keep, tensor } = bench;
    const bn = layer(2);
    const call = keep(bn.call(tensor(unit.x, unit.shape)));
    keep(call.y);
    for (const times of [1, 2]) {
      keep(call.backward(tensor(unitGradient, unit.shape)));
      const grad = (await bn.bias?.grad.data()) ?? [];
      const what = { name: `backward pass ${times} of one call`, mode: "train", operation: "dbias" } as const;
      await expectNear(bench, what, grad, times === 1 ? dbias : twice(dbias));
    }
  }),
  ...benchChecks(
    "gradients-accumulate",
    "zeroGrad() clears a gradient that is NaN",
    async ({ layer, keep, tensor }) => {
      const bn = layer(2);
      bn.forward(tensor(unit.x, unit.shape)).dispose();
      keep(bn.backward(tensor(new Float32Array(8).fill(Number.NaN), unit.shape)));
      bn.zeroGrad();
      for (const { name, grad } of bn.parameters()) {
        expectValues(`the gradient of ${name} after zeroGrad()`, await grad.data(), [0, 0]);
      }
    },
  ),
];

/** A weight of 1 instead of 2, and instead of -4. */
const withoutWeight = (values: readonly (readonly number[])[]) =>
  arranged(...values.map((channel, c) => channel.map((value) => value / (c === 0 ? 2 : -4))));

export const inputGradientChecks = [
  ...passChecks(
    "training-gradient",
    "with weights of either sign",
    "train",
    { ...pass, expected: { dx: arranged(...trained.dx) } },
    { options: { eps: 3 }, state: trained.state },
  ),
  ...passChecks(
    "training-gradient",
    "without parameters",
    "train",
    { ...pass, expected: { dx: withoutWeight(trained.dx) } },
    { options: { eps: 3, affine: false } },
  ),
  ...passChecks(
    "eval-gradient",
    "statistics far from the batch's",
    "eval",
    { ...pass, expected: { dx: inferred.dx, dweight: inferred.dweight, dbias: inferred.dbias } },
    { options: { eps: 3 }, state: inferred.state },
  ),
  ...passChecks(
    "eval-gradient",
    "a running variance slightly below 0, which eps makes up for",
    "eval",
    { ...pass, expected: { dx: unitGradient.map((g) => 2 * g), dweight: [-24, -20], dbias: [4, 16] } },
    {
      options: { eps: 1 },
      state: { weight: [1, 1], bias: [0, 0], running_mean: [3, -2], running_var: [-0.75, -0.75] },
    },
  ),
  ...passChecks(
    "eval-gradient",
    "without parameters",
    "eval",
    { ...pass, expected: { dx: arranged([2, 0, -4, 4], [0.25, 0.5, 1, 2.25]) } },
    { options: { eps: 3, affine: false }, state: { running_mean: [1, 0], running_var: [1, 13] } },
  ),
];

/**
 * Passes in flight together: the last forward pass leaves the layer in its mode, in which all go backward. The running
 * statistics stay, so that it tells nothing of whether a call keeps them.
 */
export const modeAtForwardChecks = [
  ...(["train", "eval", "freeze"] as const).flatMap((first) =>
    (["train", "eval"] as const)
      .filter((last) => first !== last)
      .flatMap((last) =>
        shortCaseChecks("mode-at-forward", `forward in ${first}, backward in ${last}`, {
          options: { eps: 3, momentum: 0 },
          judges: ["dx", "dweight", "dbias"],
          state: inferred.state,
          steps: [{ do: "passes", passes: [first, last].map((mode) => ({ mode, ...pass })) }],
        }),
      ),
  ),
  ...passChecks(
    "mode-at-forward",
    "eval without running statistics has the gradient of training",
    "eval",
    { ...pass, expected: { dx: arranged(...trained.dx), dweight, dbias } },
    {
      options: { eps: 3, trackRunningStats: false },
      state: { weight: trained.state.weight, bias: trained.state.bias },
    },
  ),
];

/** Values of -1, 0 and 1 deviations: z is negative, exactly 0, and positive. */
const signs = {
  x: arranged([-2, 0, 0, 2], [-2, 0, 0, 2]),
  shape: [4, 2],
  dy: arranged([1, 2, 4, 8], [1, 2, 4, 8]),
};
const signsState = { weight: [2, -2], bias: [0, 0], running_mean: [0, 0], running_var: [2, 2] };
const relu = { eps: 2, activation: "relu" } as const;

export const reluGradientChecks = [
  ...passChecks(
    "relu-gradient",
    "z below, at and above 0, in training",
    "train",
    { ...signs, expected: { dx: arranged([0, -2, -2, 4], [-0.5, 0.25, 0.25, 0]), dweight: [8, -1], dbias: [8, 1] } },
    { options: relu, state: signsState },
  ),
  ...passChecks(
    "relu-gradient",
    "z that the bias moves across 0",
    "train",
    {
      ...signs,
      expected: { dx: arranged([-1.5, -1.5, 0.5, 2.5], [-0.5, 0.25, 0.25, 0]), dweight: [8, -1], dbias: [14, 1] },
    },
    { options: relu, state: { ...signsState, bias: [2, -1] } },
  ),
  ...passChecks(
    "relu-gradient",
    "z below, at and above 0, in eval",
    "eval",
    { ...signs, expected: { dx: arranged([0, 0, 0, 8], [-1, 0, 0, 0]), dweight: [8, -1], dbias: [8, 1] } },
    { options: relu, state: signsState },
  ),
];
