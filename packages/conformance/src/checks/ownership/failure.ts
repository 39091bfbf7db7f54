import type { Tensor } from "@batchnorm/core";
import { BatchNorm1d, batchNorm, type LayerOptions } from "@batchnorm/layers";
import { type Check, expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { failureOf } from "../refusal.js";
import { expectUnchanged, type Named } from "../values.js";
import { badCalls, type Layer, prepare } from "./bad-calls.js";
import { dyadics, positiveDyadics } from "./dyadics.js";
import { FaultyBackend, InjectedFault } from "./faults.js";
import { expectNoLeak, memoryOf } from "./leaks.js";
import { everything, type Inputs, makeInputs, type Results, read, smallView, stateOperations } from "./operations.js";
import { unusable } from "./unusable.js";

const sentence = "failure-changes-nothing";

/** All that a layer holds. */
async function snapshotOf(layer: Layer): Promise<Named> {
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
interface Action {
  readonly name: string;
  readonly options?: LayerOptions;
  /** what comes before, and does not fail */
  readonly before?: (layer: Layer) => void;
  readonly run: (layer: Layer, x: Tensor, dy: Tensor) => Results;
}

const loaded = { weight: [7, 8, 9], bias: [4, 5, 6], running_mean: [1, 2, 3], running_var: [2, 4, 8] };

const nothing = (_: unknown): Results => ({});

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

const actions: readonly Action[] = [
  { name: "forward in training", run: (layer, x) => ({ y: layer.forward(x) }) },
  { name: "forward in training with dy as out", run: (layer, x, out) => ({ y: layer.forward(x, { out }) }) },
  {
    name: "forward in training with momentum null",
    options: { momentum: null },
    run: (layer, x) => ({ y: layer.forward(x) }),
  },
  {
    name: "forward in training without running statistics",
    options: { trackRunningStats: false },
    run: (layer, x) => ({ y: layer.forward(x) }),
  },
  { name: "forward in eval", before: (layer) => layer.eval(), run: (layer, x) => ({ y: layer.forward(x) }) },
  {
    name: "forward of a frozen layer",
    before: (layer) => layer.freeze(),
    run: (layer, x) => ({ y: layer.forward(x) }),
  },
  { name: "backward", run: (layer, _, dy) => ({ dx: layer.backward(dy) }) },
  { name: "backward with dy as out", run: (layer, _, dy) => ({ dx: layer.backward(dy, { out: dy }) }) },
  { name: "backward without dx", run: (layer, _, dy) => ({ dx: layer.backward(dy, { needs: { dx: false } }) }) },
  {
    name: "backward without dx, though with an out",
    run: (layer, _, dy) => ({ dx: layer.backward(dy, { out: dy, needs: { dx: false } }) }),
  },
  { name: "step", run: (layer) => nothing(layer.step(0.5)) },
  { name: "zeroGrad", run: (layer) => nothing(layer.zeroGrad()) },
  { name: "resetRunningStats", run: (layer) => nothing(layer.resetRunningStats()) },
  { name: "resetParameters", run: (layer) => nothing(layer.resetParameters()) },
  {
    name: "loadStateDict",
    run: (layer) => nothing(layer.loadStateDict({ ...loaded, num_batches_tracked: 5 })),
  },
  {
    name: "loadStateDict, not strict",
    run: (layer) => nothing(layer.loadStateDict({ bias: [4, 5, 6], running_var: [2, 4, 8] }, { strict: false })),
  },
];

/** A layer on a backend with faults, in the state that every attempt starts from. */
function makeAttempt(bench: Bench, faulty: FaultyBackend, { options = {}, before = () => {} }: Action) {
  const layer = bench.keep(new BatchNorm1d(faulty.backend, 3, { dtype: bench.dtype, ...options }));
  const input = (seed: number) => bench.tensor(dyadics(12, seed), [4, 3]);
  bench.keep(layer.forward(input(3)));
  bench.keep(layer.backward(input(4)));
  layer.step(0.5);
  before(layer);
  return { layer, x: input(1), dy: input(2) };
}

/** The state after an action, and what it gave. */
async function outcomeOf(layer: Layer, results: Results, bench: Bench): Promise<Named> {
  return { ...(await snapshotOf(layer)), ...(await read(bench.backend, results)) };
}

function keepResults(bench: Bench, results: Results, dy: Tensor): Results {
  for (const result of Object.values(results)) if (result !== null && result !== dy) bench.keep(result);
  return results;
}

/** Every operation of an action fails once. */
async function askAction(bench: Bench, action: Action): Promise<void> {
  const { backend } = bench;
  const faulty = new FaultyBackend(backend);
  const right = makeAttempt(bench, faulty, action);
  faulty.failAt(Number.POSITIVE_INFINITY);
  const results = keepResults(bench, action.run(right.layer, right.x, right.dy), right.dy);
  const names = [...faulty.asked];
  const expected = await outcomeOf(right.layer, results, bench);
  for (let k = 1; k <= names.length; k++) {
    const { layer, x, dy } = makeAttempt(bench, faulty, action);
    const before = await snapshotOf(layer);
    const memory = await memoryOf(backend);
    const what = `${action.name} whose operation ${k} of ${names.length}, ${names[k - 1]}(), failed`;
    faulty.failAt(k);
    const error = await failureOf(backend, () => action.run(layer, x, dy), dy);
    faulty.failAt(Number.POSITIVE_INFINITY);
    expectThat(error instanceof InjectedFault, `${what}: the error did not come out, but ${describe(error)}`);
    expectUnchanged(what, await snapshotOf(layer), before);
    await expectNoLeak(backend, memory, what);
    // an out that was accepted may have been written
    const fresh = bench.tensor(dyadics(12, 2), [4, 3]);
    const again = keepResults(bench, action.run(layer, x, fresh), fresh);
    expectUnchanged(`the same again, after ${what}`, await outcomeOf(layer, again, bench), expected);
    bench.clear();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : "nothing was thrown";
}

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
    await failureOf(backend, () => action.run(layer, x, dy));
    faulty.failAt(Number.POSITIVE_INFINITY);
    const what = `a call in ${training ? "train" : "eval"} and its backward, of which operation ${k} failed,`;
    await expectNoLeak(backend, memory, what);
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
    const error = await failureOf(backend, () => nothing(new BatchNorm1d(faulty.backend, 3, { dtype }).dispose()));
    const what = `a layer whose construction failed at operation ${k}`;
    expectThat(error instanceof InjectedFault, `${what}: the error did not come out, but ${describe(error)}`);
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
  const expected = await read(backend, { ...right.states, y: bench.keep(y as Tensor) });
  const { length } = faulty.asked;
  for (let k = 1; k <= length; k++) {
    const { states, run } = attempt();
    const before = await read(backend, states);
    const memory = await memoryOf(backend);
    faulty.failAt(k);
    const what = `batchNorm() with training: ${training} whose operation ${k} failed`;
    expectThat((await failureOf(backend, run)) instanceof InjectedFault, `${what}: the error did not come out`);
    faulty.failAt(Number.POSITIVE_INFINITY);
    expectUnchanged(what, await read(backend, states), before);
    await expectNoLeak(backend, memory, what);
    const again = bench.keep(run().y as Tensor);
    expectUnchanged(`the same again, after ${what}`, await read(backend, { ...states, y: again }), expected);
  }
}

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

/** A refused assign, axpy or move has written nothing; move writes both statistics or neither. */
async function askStateOperations(bench: Bench): Promise<void> {
  const { backend } = bench;
  for (const operation of stateOperations) {
    for (const role of operation.takes) {
      const inputs = makeInputs(bench, smallView, 1);
      const bad = [
        ...(await unusable(bench, operation, inputs, role)),
        { what: "a state of 4 values", thing: bench.state([1, 2, 3, 4]) },
        { what: "a tensor that is no state", thing: bench.tensor([1, 2, 3]) },
        { what: "moments of one value per channel", thing: oneValue(bench) },
      ];
      for (const { what, thing } of bad) {
        const states = { mean: inputs.mean, variance: inputs.variance };
        const before = await read(backend, states);
        const replaced = { ...inputs, [role]: thing } as Inputs;
        const run = () => operation.run(backend, replaced, smallView, everything);
        const error = await failureOf(backend, run);
        // what is accepted has rightly written
        if (error === null) break;
        expectUnchanged(`after ${operation.name} refused ${what} as ${role}`, await read(backend, states), before);
      }
      bench.clear();
    }
  }
}

function oneValue(bench: Bench) {
  return bench.keep(bench.backend.importMoments(Float64Array.of(1, 1, 2, 3, 0, 0, 0, 0, 0, 0)));
}

/** Whatever fails, and wherever: state and memory are as before, and the next call is right. */
export function failureChecks(): readonly Check[] {
  return [
    ...actions.flatMap((action) => benchChecks(sentence, action.name, (bench) => askAction(bench, action))),
    ...[true, false].flatMap((training) => [
      ...benchChecks(sentence, `call and backward in ${training ? "train" : "eval"}`, (bench) =>
        askCall(bench, training),
      ),
      ...benchChecks(sentence, `the function batchNorm, training: ${training}`, (bench) =>
        askFunction(bench, training),
      ),
    ]),
    ...benchChecks(sentence, "the forward before one that fails", askLastForward),
    ...benchChecks(sentence, "construction of a layer", askConstruction),
    ...benchChecks(sentence, "bad calls of a layer", askBadCalls),
    ...benchChecks(sentence, "assign, axpy and move", askStateOperations),
  ];
}
