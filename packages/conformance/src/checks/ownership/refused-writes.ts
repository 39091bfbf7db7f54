import { type Bench, benchChecksOf } from "../bench.js";
import { failureOf } from "../refusal.js";
import { expectUnchanged } from "../values.js";
import { badCalls, prepare } from "./bad-calls.js";
import { snapshotOf } from "./faulty-layer.js";
import { everything, type Inputs, makeInputs, read, smallView, stateOperations } from "./operations.js";

/** What is wrong with a call is found before anything is written. What is accepted is not judged here. */
async function askBadCalls(bench: Bench): Promise<void> {
  const { backend } = bench;
  for (const [name, run] of Object.entries(badCalls)) {
    const prepared = prepare(bench);
    if (name.includes("in eval") || name.includes("parameter's value")) prepared.layer.eval();
    const before = await snapshotOf(prepared.layer);
    const error = await failureOf(backend, () => run(bench, prepared), prepared.x);
    if (error !== null) expectUnchanged(`after ${name} failed`, await snapshotOf(prepared.layer), before);
    bench.clear();
  }
}

/** A refused assign, axpy or move has written nothing, also where what was wrong is found late: move writes both or neither. */
async function askStateOperations(bench: Bench): Promise<void> {
  const { backend } = bench;
  for (const operation of stateOperations) {
    for (const role of operation.takes) {
      const inputs = makeInputs(bench, smallView, 1);
      const bad = [
        { what: "a tensor that is no state", thing: bench.tensor([1, 2, 3]) },
        { what: "moments of one value per channel", thing: oneValue(bench) },
      ];
      for (const { what, thing } of bad) {
        const states = { mean: inputs.mean, variance: inputs.variance };
        const before = await read(states);
        const replaced = { ...inputs, [role]: thing } as Inputs;
        const run = () => operation.run(backend, replaced, smallView, everything);
        const error = await failureOf(backend, run);
        // what is accepted has rightly written
        if (error === null) continue;
        expectUnchanged(`after ${operation.name} refused ${what} as ${role}`, await read(states), before);
      }
      bench.clear();
    }
  }
}

function oneValue(bench: Bench) {
  return bench.keep(bench.backend.importMoments(Float64Array.of(1, 1, 2, 3, 0, 0, 0, 0, 0, 0)));
}

/** What is refused has written nothing. */
export const refusedWriteChecks = benchChecksOf("failure-changes-nothing", {
  "bad calls of a layer": askBadCalls,
  "assign, axpy and move": askStateOperations,
});
