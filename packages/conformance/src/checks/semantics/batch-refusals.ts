import { describeShape } from "@batchnorm/core/checks";
import type { BatchNorm } from "@batchnorm/layers";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { expectShape } from "../shape.js";
import { arranged, unit } from "./by-channel.js";
import { passChecks } from "./short-case.js";

export const epsZeroChecks = [
  ...passChecks(
    "eps-zero",
    "in eval nothing is added to the variance",
    "eval",
    { ...unit, expected: { y: arranged([3, 1, 3, 1], [-0.5, -0.5, -1.5, -1.5]) } },
    { options: { eps: 0 }, state: { weight: [1, 1], bias: [0, 0], running_mean: [1, 0], running_var: [1, 4] } },
  ),
  ...benchChecks("eps-zero", "in training it is refused", (bench) =>
    epsRefused(bench, "in training", bench.layer(2, { eps: 0 })),
  ),
  ...benchChecks("eps-zero", "in eval without running statistics it is refused", (bench) => {
    const bn = bench.layer(2, { eps: 0, trackRunningStats: false }).eval();
    return epsRefused(bench, "in eval without running statistics", bn);
  }),
];

async function epsRefused({ backend, tensor }: Bench, where: string, bn: BatchNorm): Promise<void> {
  const refusal = { code: "ERR_OPTION", mentions: ["eps", "0"] } as const;
  await expectRefusal(backend, `eps 0 ${where}`, refusal, () => bn.forward(tensor(unit.x, unit.shape)));
}

const shapesOfOne = [
  [1, 2],
  [1, 2, 1],
] as const;

export const oneValueChecks = [
  ...benchChecks("one-value-per-channel", "in training it is refused", (bench) =>
    oneRefused(bench, "in training", bench.layer(2)),
  ),
  ...benchChecks("one-value-per-channel", "in eval without running statistics it is refused", (bench) => {
    const bn = bench.layer(2, { trackRunningStats: false }).eval();
    return oneRefused(bench, "in eval without running statistics", bn);
  }),
  ...benchChecks(
    "one-value-per-channel",
    "in eval and in a frozen layer it is fine",
    async ({ layer, keep, tensor }) => {
      for (const bn of [layer(2).eval(), layer(2).freeze()]) {
        for (const shape of shapesOfOne) expectShape("y", keep(bn.forward(tensor([5, 6], shape))), shape);
      }
    },
  ),
  ...benchChecks("one-value-per-channel", "two values of one sample are fine in training", async (bench) => {
    const { layer, keep, tensor } = bench;
    expectShape("y", keep(layer(2).forward(tensor([5, 6, 7, 8], [1, 2, 2]))), [1, 2, 2]);
  }),
];

async function oneRefused({ backend, tensor }: Bench, where: string, bn: BatchNorm): Promise<void> {
  for (const shape of shapesOfOne) {
    const came = describeShape(shape);
    const start = `Expected more than 1 value per channel when training, got input size ${came}`;
    const refusal = { code: "ERR_ONE_VALUE_PER_CHANNEL", start } as const;
    await expectRefusal(backend, `x of shape ${came} ${where}`, refusal, () => bn.forward(tensor([5, 6], shape)));
  }
}
