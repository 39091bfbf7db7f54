import { describeShape } from "@batchnorm/core/checks";
import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectShape } from "../shape.js";
import { expectValues } from "../values.js";

const shapes = [
  [0, 2],
  [0, 2, 3],
  [4, 2, 0],
] as const;

const state = { weight: [2, -4], bias: [1, 0.5], running_mean: [3, -2], running_var: [4, 16], num_batches_tracked: 5 };

export const emptyBatchChecks = [
  ...(["train", "eval"] as const).flatMap((mode) =>
    benchChecks("empty-batch", `forward and backward in ${mode}`, (bench) => passThrough(bench, mode)),
  ),
  ...benchChecks("empty-batch", "gradients beside statistics that are NaN", besideNaN),
];

/** No values have no part in what has diverged. */
async function besideNaN({ layer, tensor }: Bench): Promise<void> {
  const bn = layer(2);
  bn.loadStateDict({ ...state, running_mean: [NaN, -2], running_var: [4, NaN] });
  bn.eval()
    .forward(tensor([], [0, 2]))
    .dispose();
  bn.backward(tensor([], [0, 2])).dispose();
  for (const { name, grad } of bn.parameters()) expectValues(`d${name}`, await grad.data(), [0, 0]);
}

async function passThrough({ layer, keep, tensor }: Bench, mode: "train" | "eval"): Promise<void> {
  for (const activation of [null, "relu"] as const) {
    for (const shape of shapes) {
      const bn = layer(2, { activation });
      bn.loadStateDict(state);
      const y = keep(bn[mode]().forward(tensor([], shape)));
      const dx = keep(bn.backward(tensor([], shape)));
      for (const [name, result] of Object.entries({ y, dx })) {
        expectShape(name, result, shape);
        expectValues(name, await result.data(), []);
      }
      const of = `of a batch of shape ${describeShape(shape)}`;
      for (const { name, grad } of bn.parameters()) expectValues(`d${name} ${of}`, await grad.data(), [0, 0]);
      const after = await bn.stateDict();
      for (const name of ["weight", "bias", "running_mean", "running_var"] as const) {
        expectValues(`${name} ${of}`, after[name], state[name]);
      }
      const expected = mode === "train" ? 6 : 5;
      const { num_batches_tracked } = after;
      expectThat(
        num_batches_tracked === expected,
        `num_batches_tracked is ${num_batches_tracked} ${of} in ${mode}, expected ${expected}`,
      );
    }
  }
}
