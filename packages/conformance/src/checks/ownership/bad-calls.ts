import type { Tensor } from "@batchnorm/core";
import type { BatchNorm1d } from "@batchnorm/layers";
import type { Bench } from "../bench.js";
import { dyadics } from "./dyadics.js";
import type { Results } from "./operations.js";

export type Layer = BatchNorm1d<Tensor>;

/** A layer of 3 channels in training that has seen a batch, with the inputs of another. */
export interface Prepared {
  readonly layer: Layer;
  /** [4, 3] */
  readonly x: Tensor;
  readonly dy: Tensor;
}

export function prepare(bench: Bench): Prepared {
  const layer = bench.layer(3);
  const [x, dy] = [bench.tensor(dyadics(12, 1), [4, 3]), bench.tensor(dyadics(12, 2), [4, 3])];
  const [first, firstDy] = [bench.tensor(dyadics(12, 3), [4, 3]), bench.tensor(dyadics(12, 4), [4, 3])];
  bench.keep(layer.forward(first));
  bench.keep(layer.backward(firstDy));
  return { layer, x, dy };
}

/** Calls of a layer that must fail, each from another place. What is accepted nevertheless is given, to be disposed. */
export const badCalls: Readonly<Record<string, (bench: Bench, p: Prepared) => Results | Promise<Results>>> = {
  "forward of another rank": (bench, { layer }) => ({ y: layer.forward(bench.tensor(dyadics(3, 5))) }),
  "forward of other channels": (bench, { layer }) => ({ y: layer.forward(bench.tensor(dyadics(8, 5), [4, 2])) }),
  "forward of one value per channel": (bench, { layer }) => ({ y: layer.forward(bench.tensor(dyadics(3, 5), [1, 3])) }),
  "forward with x as out": (_, { layer, x }) => ({ y: layer.forward(x, { out: x }) }),
  "forward with an out of another shape": (bench, { layer, x }) => ({
    y: layer.forward(x, { out: bench.tensor(dyadics(15, 5), [5, 3]) }),
  }),
  "forward with a parameter's value as out": (bench, { layer }) => {
    const x = bench.tensor(dyadics(3, 5), [1, 3]);
    return { y: layer.eval().forward(x, { out: layer.weight?.value ?? null }) };
  },
  "forward in eval with x as out": (_, { layer, x }) => ({ y: layer.eval().forward(x, { out: x }) }),
  "forward with an unknown option": (_, { layer, x }) => ({ y: layer.forward(x, { output: x } as object) }),
  "backward with a dy of another shape": (bench, { layer }) => ({
    dx: layer.backward(bench.tensor(dyadics(15, 5), [5, 3])),
  }),
  "backward with a state as out": (bench, { layer, dy }) => ({
    dx: layer.backward(dy, { out: bench.state(dyadics(12, 5), [4, 3]) }),
  }),
  "step with a rate of NaN": (_, { layer }) => nothing(layer.step(Number.NaN)),
  "train with a mode that is no boolean": (_, { layer }) => nothing(layer.train(1 as unknown as boolean)),
  "freeze with an unknown option": (_, { layer }) => nothing(layer.freeze({ parameter: true } as object)),
  "loadStateDict without a key": (_, { layer }) => nothing(layer.loadStateDict({ weight: [7, 8, 9] })),
  "loadStateDict with a key too many": (_, { layer }) =>
    nothing(layer.loadStateDict({ ...state, ...{ scale: [1, 2, 3] } })),
  "loadStateDict with a value too many": (_, { layer }) =>
    nothing(layer.loadStateDict({ ...state, running_var: [1, 2, 3, 4] })),
  "loadStateDict with a counter of -1": (_, { layer }) =>
    nothing(layer.loadStateDict({ ...state, num_batches_tracked: -1 })),
  "loadStateDict with text for a number": (_, { layer }) =>
    nothing(layer.loadStateDict({ ...state, running_var: [1, 2, "3"] as unknown as number[] })),
};

const state = { weight: [7, 8, 9], bias: [7, 8, 9], running_mean: [7, 8, 9], running_var: [7, 8, 9] };

function nothing(_: unknown): Results {
  return {};
}
