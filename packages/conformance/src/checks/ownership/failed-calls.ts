import type { Tensor } from "@batchnorm/core";
import { BatchNorm1d, batchNorm } from "@batchnorm/layers";
import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { failureOf } from "../refusal.js";
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
  faulty.failAt(Number.POSITIVE_INFINITY);
  keepResults(bench, action.run(right.layer, right.x, right.dy), right.dy);
  const { length } = faulty.asked;
  for (let k = 1; k <= length; k++) {
    const { layer, x, dy } = makeAttempt(bench, faulty, action);
    const memory = await memoryOf(backend);
    faulty.failAt(k);
    const error = await failureOf(backend, () => action.run(layer, x, dy));
    faulty.failAt(Number.POSITIVE_INFINITY);
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
  faulty.failAt(Number.POSITIVE_INFINITY);
  bench.keep(first.layer.forward(first.x));
  const { length } = faulty.asked;
  for (let k = 1; k <= length; k++) {
    const { layer, x, dy } = makeAttempt(bench, faulty, action);
    faulty.failAt(k);
    await failureOf(backend, () => action.run(layer, x, dy));
    faulty.failAt(Number.POSITIVE_INFINITY);
    const dx = await bench.keep(layer.backward(dy)).data();
    expectUnchanged(`backward of the forward before one whose operation ${k} failed`, { dx }, expected);
  }
}

async function askConstruction(bench: Bench): Promise<void> {
  const { backend, dtype } = bench;
  const faulty = new FaultyBackend(backend);
  new BatchNorm1d(faulty.backend, 3, { dtype }).dispose();
  const { length } = faulty.asked;
  for (let k = 1; k <= length; k++) {
    const memory = await memoryOf(backend);
    faulty.failAt(k);
    const error = await failureOf(backend, () => new BatchNorm1d(faulty.backend, 3, { dtype }).dispose());
    const what = `a layer whose construction failed at operation ${k}`;
    expectInjected(error, what);
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
  const { y } = right.run();
  const expected = await read({ ...right.states, y: bench.keep(y as Tensor) });
  const { length } = faulty.asked;
  for (let k = 1; k <= length; k++) {
    const { states, run } = attempt();
    const before = await read(states);
    const memory = await memoryOf(backend);
    faulty.failAt(k);
    const what = `batchNorm() with training: ${training} whose operation ${k} failed`;
    expectInjected(await failureOf(backend, run), what);
    faulty.failAt(Number.POSITIVE_INFINITY);
    expectUnchanged(what, await read(states), before);
    await expectNoLeak(backend, memory, what);
    const again = bench.keep(run().y as Tensor);
    expectUnchanged(`the same again, after ${what}`, await read({ ...states, y: again }), expected);
  }
}

/** Whichever operation fails of a call, of the function, of a construction, of the forward after another. */
export function failedCallChecks(requirement: "failure-changes-nothing"): readonly Check[] {
  return [
    ...[true, false].flatMap((training) => [
      ...benchChecks(requirement, `call and backward in ${training ? "train" : "eval"}`, (bench) =>
        askCall(bench, training),
      ),
      ...benchChecks(requirement, `the function batchNorm, training: ${training}`, (bench) =>
        askFunction(bench, training),
      ),
    ]),
    ...benchChecks(requirement, "the forward before one that fails", askLastForward),
    ...benchChecks(requirement, "construction of a layer", askConstruction),
  ];
}
