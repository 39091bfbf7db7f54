import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectUnchanged, type Named } from "../values.js";
import type { Layer } from "./bad-calls.js";
import { dyadics } from "./dyadics.js";
import { FaultyBackend } from "./faults.js";
import { type Action, expectInjected, keepResults, makeAttempt, snapshotOf } from "./faulty-layer.js";
import { expectNoLeak, memoryOf } from "./leaks.js";
import { type Results, read } from "./operations.js";

const loaded = { weight: [7, 8, 9], bias: [4, 5, 6], running_mean: [1, 2, 3], running_var: [2, 4, 8] };

const forward: Action["run"] = (layer, x) => ({ y: layer.forward(x) });

const doing =
  (work: (layer: Layer) => unknown): Action["run"] =>
  (layer) => {
    work(layer);
    return {};
  };

const actions: readonly Action[] = [
  { name: "forward in training", run: forward },
  { name: "forward in training with dy as out", run: (layer, x, out) => ({ y: layer.forward(x, { out }) }) },
  { name: "forward in training with momentum null", options: { momentum: null }, run: forward },
  { name: "forward in training without running statistics", options: { trackRunningStats: false }, run: forward },
  { name: "forward in eval", before: (layer) => layer.eval(), run: forward },
  { name: "forward of a frozen layer", before: (layer) => layer.freeze(), run: forward },
  { name: "backward", run: (layer, _, dy) => ({ dx: layer.backward(dy) }) },
  { name: "backward with dy as out", run: (layer, _, dy) => ({ dx: layer.backward(dy, { out: dy }) }) },
  { name: "backward without dx", run: (layer, _, dy) => ({ dx: layer.backward(dy, { needs: { dx: false } }) }) },
  {
    name: "backward without dx, though with an out",
    run: (layer, _, dy) => ({ dx: layer.backward(dy, { out: dy, needs: { dx: false } }) }),
  },
  { name: "step", run: doing((layer) => layer.step(0.5)) },
  { name: "zeroGrad", run: doing((layer) => layer.zeroGrad()) },
  { name: "resetRunningStats", run: doing((layer) => layer.resetRunningStats()) },
  { name: "resetParameters", run: doing((layer) => layer.resetParameters()) },
  { name: "loadStateDict", run: doing((layer) => layer.loadStateDict({ ...loaded, num_batches_tracked: 5 })) },
  {
    name: "loadStateDict, not strict",
    run: doing((layer) => layer.loadStateDict({ bias: [4, 5, 6], running_var: [2, 4, 8] }, { strict: false })),
  },
];

/** The state after an action, and what it gave. */
async function outcomeOf(layer: Layer, results: Results): Promise<Named> {
  return { ...(await snapshotOf(layer)), ...(await read(results)) };
}

/** Every operation of an action fails once. */
async function askAction(bench: Bench, action: Action): Promise<void> {
  const { backend } = bench;
  const faulty = new FaultyBackend(backend);
  const right = makeAttempt(bench, faulty, action);
  let results: Results = {};
  const names = faulty.operationsOf(() => {
    results = keepResults(bench, action.run(right.layer, right.x, right.dy), right.dy);
  });
  const expected = await outcomeOf(right.layer, results);
  for (let k = 1; k <= names.length; k++) {
    const { layer, x, dy } = makeAttempt(bench, faulty, action);
    const before = await snapshotOf(layer);
    const memory = await memoryOf(backend);
    const what = `${action.name} whose operation ${k} of ${names.length}, ${names[k - 1]}(), failed`;
    expectInjected(await faulty.failure(k, () => action.run(layer, x, dy), dy), what);
    expectUnchanged(what, await snapshotOf(layer), before);
    await expectNoLeak(backend, memory, what);
    // an out that was accepted may have been written
    const fresh = bench.tensor(dyadics(12, 2), [4, 3]);
    const again = keepResults(bench, action.run(layer, x, fresh), fresh);
    expectUnchanged(`the same again, after ${what}`, await outcomeOf(layer, again), expected);
    bench.clear();
  }
}

/** Whichever operation of an action fails: state and memory are as before, and the same again is right. */
export const failedActionChecks: readonly Check[] = actions.flatMap((action) =>
  benchChecks("failure-changes-nothing", action.name, (bench) => askAction(bench, action)),
);
