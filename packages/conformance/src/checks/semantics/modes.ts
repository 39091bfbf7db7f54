import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { arranged, negligibleEps, trained, unit } from "./by-channel.js";
import { expectNames, expectNear } from "./expectations.js";
import { passStep, shortCaseChecks } from "./short-case.js";

/** Statistics far from those of `unit`; all else counts as nothing, so that only they tell. */
const far = { running_mean: [1, 0], running_var: [1, 16] };
const state = { weight: [1, 1], bias: [0, 0], ...far, num_batches_tracked: 5 };
const y = arranged([3, 1, 3, 1], [-0.25, -0.25, -0.75, -0.75]);

export const inferenceChecks = shortCaseChecks("running-statistics-in-eval", "statistics far from the batch's", {
  options: { eps: negligibleEps },
  judges: ["y", "running_mean", "running_var"],
  state,
  steps: [1, 2].map(() => passStep("eval", { ...unit, expected: { y } }, { state: far })),
});

export const freezeChecks = [
  ...shortCaseChecks("freeze", "statistics far from the batch's, in training", {
    options: { eps: negligibleEps },
    judges: ["y", "running_mean", "running_var", "num_batches_tracked"],
    state,
    steps: [passStep("freeze", { ...unit, expected: { y } }, { state: { ...far, num_batches_tracked: 5 } })],
  }),
  ...benchChecks("freeze", "holds through train() and eval(), until unfreeze()", throughModes),
  ...benchChecks("freeze", "is refused without running statistics", async ({ backend, layer }) => {
    const bn = layer(2, { trackRunningStats: false });
    await expectRefusal(backend, "freeze() without running statistics", { code: "ERR_OPTION" }, () => bn.freeze());
  }),
];

async function throughModes(bench: Bench): Promise<void> {
  const { layer, keep, tensor } = bench;
  const bn = layer(2, { eps: negligibleEps });
  bn.loadStateDict(state);
  const x = tensor(unit.x, unit.shape);
  bn.freeze();
  for (const mode of ["train", "eval", "train"] as const) {
    const came = await keep(bn[mode]().forward(x)).data();
    const name = `frozen, after ${mode}()`;
    await expectNear(bench, { name, mode: "freeze", operation: "y" }, came, y);
  }
  expectThat(bn.frozen, "frozen is false after freeze()");
  expectThat(bn.training, "training is false in a frozen layer after train()");
  bn.unfreeze();
  expectThat(!bn.frozen, "frozen is true after unfreeze()");
  bn.forward(x).dispose();
  const { numBatchesTracked } = bn;
  expectThat(numBatchesTracked === 6, `after unfreeze() training does not count: ${numBatchesTracked}, expected 6`);
}

const byBatch = { ...unit, expected: { y: arranged(...trained.y) } };

export const noTrackingChecks = [
  ...shortCaseChecks("no-tracking", "the batch's statistics in training and in eval", {
    options: { eps: 3, trackRunningStats: false },
    judges: ["y"],
    state: { weight: trained.state.weight, bias: trained.state.bias },
    steps: [passStep("train", byBatch), passStep("eval", byBatch)],
  }),
  ...benchChecks("no-tracking", "there are no running statistics and no counter", async ({ layer }) => {
    const bn = layer(2, { trackRunningStats: false });
    expectThat(bn.runningMean === null, "runningMean is not null");
    expectThat(bn.runningVar === null, "runningVar is not null");
    expectNames("the keys of the state dictionary", Object.keys(await bn.stateDict()), ["weight", "bias"]);
  }),
];
