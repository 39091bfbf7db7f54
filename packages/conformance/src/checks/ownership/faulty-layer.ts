import type { Tensor } from "@batchnorm/core";
import { BatchNorm1d, type LayerOptions } from "@batchnorm/layers";
import { describeError, expectThat } from "../../check.js";
import type { Bench } from "../bench.js";
import type { Named } from "../values.js";
import type { Layer } from "./bad-calls.js";
import { dyadics } from "./dyadics.js";
import { type FaultyBackend, InjectedFault } from "./faults.js";
import type { Results } from "./operations.js";

/** All that a layer holds. */
export async function snapshotOf(layer: Layer): Promise<Named> {
  const { num_batches_tracked: counter, ...state } = await layer.stateDict();
  const gradients = layer.parameters().map(async ({ name, grad }) => [`${name}.grad`, await grad.data()] as const);
  return {
    ...state,
    ...Object.fromEntries(await Promise.all(gradients)),
    num_batches_tracked: [counter ?? 0],
    "the mode, training": [Number(layer.training)],
    "the mode, frozen": [Number(layer.frozen)],
    "requiresGrad of the parameters": layer.parameters().map(({ requiresGrad }) => Number(requiresGrad)),
  };
}

/** Something that a layer does in several operations of its backend. */
export interface Action {
  readonly name: string;
  readonly options?: LayerOptions;
  /** what comes before, and does not fail */
  readonly before?: (layer: Layer) => void;
  readonly run: (layer: Layer, x: Tensor, dy: Tensor) => Results;
}

/** A layer on a backend with faults, in the state that every attempt starts from. */
export function makeAttempt(bench: Bench, faulty: FaultyBackend, { options = {}, before = () => {} }: Action) {
  const layer = bench.keep(new BatchNorm1d(faulty.backend, 3, { dtype: bench.dtype, ...options }));
  const input = (seed: number) => bench.tensor(dyadics(12, seed), [4, 3]);
  bench.keep(layer.forward(input(3)));
  bench.keep(layer.backward(input(4)));
  layer.step(0.5);
  before(layer);
  return { layer, x: input(1), dy: input(2) };
}

export function keepResults(bench: Bench, results: Results, dy: Tensor): Results {
  for (const result of Object.values(results)) if (result !== null && result !== dy) bench.keep(result);
  return results;
}

/** A fault that was injected comes out as it went in. */
export function expectInjected(error: unknown, what: string): void {
  const came = error === null ? "nothing was thrown" : `${describeError(error)} was thrown`;
  expectThat(error instanceof InjectedFault, `${what}: the error did not come out, ${came}`, { cause: error });
}
