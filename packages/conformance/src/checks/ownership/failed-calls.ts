import type { Tensor } from "@batchnorm/core";
import { BatchNorm1d, batchNorm } from "@batchnorm/layers";
import { type Bench, benchChecksOf } from "../bench.js";
import { expectUnchanged } from "../values.js";
import type { Layer } from "./bad-calls.js";
import { dyadics, positiveDyadics } from "./dyadics.js";
import { FaultyBackend } from "./faults.js";
import { type Action, expectInjected, keepResults, makeAttempt } from "./faulty-layer.js";
import { expectNoLeak, memoryOf } from "./leaks.js";
import { type Results, read } from "./operations.js";

const callAndBackward = (layer: Layer, x: Tensor, dy: Tensor): Results => {
  const call = layer.call(x);
  try {
    return { y: call.y, dx: call.backward(dy) };
  } catch (error) {
    call.y.dispose();
    throw error;
  } finally {
    call.dispose();
  }
};

/** `call` and its backward: two calls of the user, of which the first may have succeeded. */
async function askCall(bench: Bench, training: boolean): Promise<void> {
  const { backend } = bench;
  const action: Action = { name: "", before: (layer) => layer.train(training), run: callAndBackward };
  const faulty = new FaultyBackend(backend);
  const right = makeAttempt(bench, faulty, action);
  const { length } = faulty.operationsOf(() =>
    keepResults(bench, action.run(right.layer, right.x, right.dy), right.dy),
  );
  for (let k = 1; k <= length; k++) {
    const { layer, x, dy } = makeAttempt(bench, faulty, action);
    const memory = await memoryOf(backend);
    const error = await faulty.failure(k, () => action.run(layer, x, dy));
    const what = `a call in ${training ? "train" : "eval"} and its backward, of which operation ${k} failed,`;
    await expectNoLeak(backend, memory, what, error);
    bench.clear();
  }
}

/** A forward that fails does not replace the one before it. */
async function askLastForward(bench: Bench): Promise<void> {
  const { backend } = bench;
  const faulty = new FaultyBackend(backend);
  const action: Action = { name: "forward", run: (layer, x) => ({ y: layer.forward(x) }) };
  const first = makeAttempt(bench, faulty, action);
  const expected = { dx: await bench.keep(first.layer.backward(first.dy)).data() };
  const { length } = faulty.operationsOf(() => bench.keep(first.layer.forward(first.x)));
  for (let k = 1; k <= length; k++) {
    const { layer, x, dy } = makeAttempt(bench, faulty, action);
    await faulty.failure(k, () => action.run(layer, x, dy));
    const dx = await bench.keep(layer.backward(dy)).data();
    expectUnchanged(`backward of the forward before one whose operation ${k} failed`, { dx }, expected);
  }
}

async function askConstruction(bench: Bench): Promise<void> {
  const { backend, dtype } = bench;
  const faulty = new FaultyBackend(backend);
  const construct = () => new BatchNorm1d(faulty.backend, 3, { dtype }).dispose();
  const { length } = faulty.operationsOf(construct);
  for (let k = 1; k <= length; k++) {
    const memory = await memoryOf(backend);
    const what = `a layer whose construction failed at operation ${k}`;
    expectInjected(await faulty.failure(k, construct), what);
    await expectNoLeak(backend, memory, what);
  }
}

/** The function's states are the caller's: only the running statistics move, and only where all went well. */
async function askFunction(bench: Bench, training: boolean): Promise<void> {
  const { backend } = bench;
  const faulty = new FaultyBackend(backend);
  const attempt = () => {
    const states = {
      weight: bench.state([1.5, -0.5, 2]),
      bias: bench.state([0.25, 0.5, -0.25]),
      runningMean: bench.state(dyadics(3, 1)),
      runningVar: bench.state(positiveDyadics(3, 2)),
    };
    const x = bench.tensor(dyadics(12, 3), [4, 3]);
    const run = (): Results => {
      const call = batchNorm(faulty.backend, x, { ...states, training });
      call.dispose();
      return { y: call.y };
    };
    return { states, run };
  };
  const right = attempt();
  let y: Results[string] = null;
  const { length } = faulty.operationsOf(() => {
    y = bench.keep(right.run().y as Tensor);
  });
  const expected = await read({ ...right.states, y });
  for (let k = 1; k <= length; k++) {
    const { states, run } = attempt();
    const before = await read(states);
    const memory = await memoryOf(backend);
    const what = `batchNorm() with training: ${training} whose operation ${k} failed`;
    expectInjected(await faulty.failure(k, run), what);
    expectUnchanged(what, await read(states), before);
    await expectNoLeak(backend, memory, what);
    const again = bench.keep(run().y as Tensor);
    expectUnchanged(`the same again, after ${what}`, await read({ ...states, y: again }), expected);
  }
}

/** Whichever operation fails of a call, of the function, of a construction, of the forward after another. */
export const failedCallChecks = benchChecksOf("failure-changes-nothing", {
  "call and backward in train": (bench) => askCall(bench, true),
  "the function batchNorm, training: true": (bench) => askFunction(bench, true),
  "call and backward in eval": (bench) => askCall(bench, false),
  "the function batchNorm, training: false": (bench) => askFunction(bench, false),
  "the forward before one that fails": askLastForward,
  "construction of a layer": askConstruction,
});
