import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { arranged, unit } from "./by-channel.js";
import { expectNear } from "./expectations.js";
import { passStep, shortCaseChecks } from "./short-case.js";

/** Means 3 and -2; biased variances 1 and 4, unbiased 2 and 8. */
const pair = { x: arranged([4, 2], [0, -4]), shape: [2, 2] };
/** Means 5 and 6, the same variances. */
const next = { x: arranged([6, 4], [8, 4]), shape: [2, 2] };

const before = { weight: [1, 1], bias: [0, 0], running_mean: [8, 4], running_var: [4, 16], num_batches_tracked: 3 };

export const runningChecks = [
  ...(
    [
      ["momentum 1/4: a quarter of the way to the batch's mean", 0.25, [6.75, 2.5]],
      ["momentum 0: not at all", 0, [8, 4]],
      ["momentum 1: all the way", 1, [3, -2]],
    ] as const
  ).flatMap(([name, momentum, running_mean]) =>
    shortCaseChecks("running-mean", name, {
      options: { momentum },
      judges: ["running_mean"],
      state: before,
      steps: [passStep("train", pair, { state: { running_mean, running_var: [0, 0] } })],
    }),
  ),
  ...shortCaseChecks(
    "running-variance-unbiased",
    "two values per channel, whose unbiased variance is twice the biased",
    {
      options: { momentum: 0.25 },
      judges: ["running_var"],
      state: before,
      steps: [passStep("train", pair, { state: { running_mean: [0, 0], running_var: [3.5, 14] } })],
    },
  ),
  ...benchChecks("running-variance-unbiased", "move() with correction 0 takes the biased one", biasedMove),
  ...shortCaseChecks("cumulative-average", "a new layer: the first batch's, then the average of two", {
    options: { momentum: null },
    judges: ["running_mean", "running_var"],
    steps: [
      passStep("train", pair, { state: { running_mean: [3, -2], running_var: [2, 8] } }),
      passStep("train", next, { state: { running_mean: [4, 2], running_var: [2, 8] } }),
    ],
  }),
  ...shortCaseChecks("cumulative-average", "the fourth batch weighs a quarter", {
    options: { momentum: null },
    judges: ["running_mean", "running_var"],
    state: before,
    steps: [passStep("train", pair, { state: { running_mean: [6.75, 2.5], running_var: [3.5, 14] } })],
  }),
];

export const counterChecks = [
  ...shortCaseChecks("counter", "two batches of training, one of eval between them", {
    judges: ["num_batches_tracked"],
    state: before,
    steps: [
      passStep("train", unit, { state: { num_batches_tracked: 4 } }),
      passStep("eval", unit, { state: { num_batches_tracked: 4 } }),
      passStep("train", unit, { state: { num_batches_tracked: 5 } }),
    ],
  }),
  ...benchChecks("counter", "the layer's numBatchesTracked", async ({ layer, tensor }) => {
    const bn = layer(2);
    for (const [mode, expected] of [
      [true, 1],
      [false, 1],
      [true, 2],
    ] as const) {
      bn.train(mode).forward(tensor(unit.x, unit.shape)).dispose();
      const { numBatchesTracked } = bn;
      expectThat(numBatchesTracked === expected, `numBatchesTracked is ${numBatchesTracked}, expected ${expected}`);
    }
  }),
];

async function biasedMove(bench: Bench): Promise<void> {
  const { backend, dtype, keep, tensor } = bench;
  const running = {
    mean: keep(backend.state([8, 4], [2], dtype)),
    variance: keep(backend.state([4, 16], [2], dtype)),
  };
  const moments = keep(backend.moments({ x: tensor(pair.x, pair.shape), view: { outer: 2, channels: 2, inner: 1 } }));
  backend.move(running, moments, 0.25, 0);
  const what = { name: "move() with correction 0", mode: "train", operation: "running_var" } as const;
  await expectNear(bench, what, await running.variance.data(), [3.25, 13]);
}
