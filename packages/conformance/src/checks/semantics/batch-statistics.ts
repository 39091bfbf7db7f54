import { type Bench, benchChecks } from "../bench.js";
import { arranged, negligibleEps, unit } from "./by-channel.js";
import { expectNear } from "./expectations.js";
import { passChecks, passStep, shortCaseChecks } from "./short-case.js";

const halves = arranged([0.5, -0.5, 0.5, -0.5], [0.5, 0.5, -0.5, -0.5]);

const halved = { ...unit, expected: { y: halves } };
const inEval = { weight: [1, 1], bias: [0, 0], ...unit.running };

export const batchStatisticsChecks = [
  ...shortCaseChecks("batch-mean", "the mean of the batch's moments", {
    judges: ["mean"],
    steps: [passStep("train", unit), passStep("train", { x: arranged([1, 2, 6], [-8, 0, 5]), shape: [3, 2] })],
  }),
  ...benchChecks("batch-mean", "a value that is the mean of its channel becomes 0, whatever the variance", centred),
  ...shortCaseChecks("biased-variance", "deviations of 1 and of 2 become 1", {
    options: { eps: negligibleEps },
    judges: ["variance", "y"],
    steps: [
      passStep("train", { ...unit, expected: { y: arranged([1, -1, 1, -1], [1, 1, -1, -1]) } }),
      passStep("train", { x: arranged([3, 7], [0, -4]), shape: [2, 2], expected: { y: [-1, 1, 1, -1] } }),
    ],
  }),
  ...passChecks("eps-inside-root", "a variance of 1 and an eps of 3 halve, in training", "train", halved, {
    options: { eps: 3 },
  }),
  ...passChecks("eps-inside-root", "a variance of 1 and an eps of 3 halve, in eval", "eval", halved, {
    options: { eps: 3 },
    state: inEval,
  }),
  ...passChecks(
    "eps-inside-root",
    "a running variance slightly below 0, which eps makes up for",
    "eval",
    { ...unit, expected: { y: halves.map((half) => 4 * half) } },
    { options: { eps: 1 }, state: { ...inEval, running_var: [-0.75, -0.75] } },
  ),
];

async function centred(bench: Bench): Promise<void> {
  const { layer, keep, tensor } = bench;
  // the first values of both channels are their means
  const x = tensor(arranged([5, 4, 6], [-3, -11, 5]), [3, 2]);
  const y = await keep(layer(2).forward(x)).data();
  const what = { name: "a value that is the mean", mode: "train", operation: "y" } as const;
  await expectNear(bench, what, y.slice(0, 2), [0, 0]);
}
