import { type Backend, BatchNormError, type Memory } from "@batchnorm/core";
import { BatchNorm1d, batchNorm } from "@batchnorm/layers";
import { describeError, expectThat } from "../../check.js";
import { Bench, benchChecksOf } from "../bench.js";
import { failureOf } from "../refusal.js";
import { badCalls, type Prepared, prepare } from "./bad-calls.js";
import { dyadics } from "./dyadics.js";
import { InjectedFault } from "./faults.js";
import { misfits } from "./misfits.js";
import { everything, type Inputs, makeInputs, operations, type Results, smallView } from "./operations.js";
import { unusable } from "./unusable.js";

/** What is held once all that was asked for is done. */
export async function memoryOf(backend: Backend): Promise<Memory> {
  try {
    await backend.sync();
  } catch {
    // what failed late is told elsewhere
  }
  return backend.memory();
}

/**
 * @param thrown what came of it, where it was to fail or might; null where nothing did
 * @throws Nonconformance unless as many buffers live as before
 */
export async function expectNoLeak(backend: Backend, before: Memory, what: string, thrown?: unknown): Promise<void> {
  const more = await expectNoMore(backend, before, what, thrown);
  expectThat(more === 0, `${endOf(what, thrown)} gave back ${-more} buffers that it had not made`, { cause: thrown });
}

/** Does work that may be refused, and expects that it leaves nothing behind. */
async function leavesNothing(backend: Backend, what: string, work: () => unknown, spare?: unknown): Promise<void> {
  const before = await memoryOf(backend);
  const error = await failureOf(backend, work, spare);
  await expectNoLeak(backend, before, what, error);
}

/** @throws Nonconformance where more buffers live than before */
async function expectNoMore(backend: Backend, before: Memory, what: string, thrown?: unknown): Promise<number> {
  const { liveBuffers } = await memoryOf(backend);
  const more = liveBuffers - before.liveBuffers;
  const left = `left ${more} ${more === 1 ? "buffer" : "buffers"} behind`;
  expectThat(more <= 0, `${endOf(what, thrown)} ${left}`, { cause: thrown });
  return more;
}

/** How a call ended that left something behind: an error that nobody asked for is the news then. */
function endOf(what: string, thrown: unknown): string {
  if (thrown === null || thrown === undefined || thrown instanceof InjectedFault) return what;
  if (thrown instanceof BatchNormError) return `${what}, refused with ${thrown.code},`;
  return `${what} threw ${describeError(thrown)} and`;
}

async function askOperations(bench: Bench): Promise<void> {
  const { backend } = bench;
  const inputs = makeInputs(bench, smallView, 1);
  for (const operation of operations) {
    for (const activation of [null, "relu"] as const) {
      const before = await memoryOf(backend);
      const results = await operation.run(backend, inputs, smallView, { ...everything, activation });
      for (const result of Object.values(results)) result?.dispose();
      await expectNoLeak(backend, before, `${operation.name}, all its results disposed,`);
    }
  }
}

async function askMaking(bench: Bench): Promise<void> {
  const { backend, dtype } = bench;
  const values = dyadics(6, 1);
  for (const maker of ["tensor", "state"] as const) {
    const before = await memoryOf(backend);
    const made = backend[maker](values, [2, 3], dtype);
    const { liveBuffers } = await memoryOf(backend);
    expectThat(liveBuffers > before.liveBuffers, `memory() does not count the buffer of a new ${maker}`);
    const handles = [backend.retain(made), backend.retain(made)];
    for (const handle of [...handles, made]) handle.dispose();
    await expectNoLeak(backend, before, `a ${maker} and two handles on it, all disposed,`);
    for (const [bad, shape] of [[values, [5]] as const, [[1, "2"] as unknown as number[], [2]] as const]) {
      const what = `${maker}() of ${bad.length} values for the shape [${shape}]`;
      await leavesNothing(backend, what, () => backend[maker](bad, shape, dtype));
    }
  }
}

async function askBadImports(bench: Bench): Promise<void> {
  const { backend } = bench;
  const imports: Readonly<Record<string, () => { dispose(): void }>> = {
    "importMoments() of 6 values": () => backend.importMoments(new Float64Array(6)),
    "importMoments() of a count of NaN": () => backend.importMoments(new Float64Array(7).fill(Number.NaN)),
    "importGradientSums() of 3 values": () => backend.importGradientSums(new Float64Array(3)),
  };
  for (const [what, load] of Object.entries(imports)) {
    await leavesNothing(backend, what, load);
  }
}

/** Every operation with every input replaced by one that cannot be used. */
async function askBadOperations(bench: Bench): Promise<void> {
  const { backend } = bench;
  const inputs = makeInputs(bench, smallView, 1);
  const longer = bench.state(dyadics(13, 2));
  for (const operation of operations) {
    for (const role of operation.takes) {
      const bad = [
        ...(await unusable(bench, operation, inputs, role)),
        ...misfits(bench, operation, role),
        { what: "13 values", thing: longer },
      ];
      for (const { what, thing } of bad) {
        const replaced = { ...inputs, [role]: thing } as Inputs;
        const run = () => operation.run(backend, replaced, smallView, everything);
        await leavesNothing(backend, `${operation.name} with ${what} as ${role}`, run);
      }
    }
    if (!operation.out) continue;
    for (const out of [inputs.x, longer]) {
      const run = () => operation.run(backend, inputs, smallView, { ...everything, out });
      await leavesNothing(backend, `${operation.name} with ${out === longer ? "13 values" : "x"} as out`, run, out);
    }
  }
}

/** One round of all that a training loop does. */
function trainOnce({ layer, x, dy }: Prepared, round: number): void {
  const results: { dispose(): void }[] = [layer.train().forward(x), layer.backward(dy)];
  layer.step(0.125);
  layer.zeroGrad();
  results.push(layer.eval().forward(x), layer.backward(dy));
  const calls = [layer.train().call(dy), layer.call(x)];
  results.push(...calls.map(({ y }) => y));
  // some calls are never differentiated
  for (const call of round % 2 === 0 ? calls.toReversed() : calls.slice(1)) results.push(call.backward(dy));
  for (const thing of [...results, ...calls]) thing.dispose();
}

/** Rounds in which memory grows no more after the first ones. */
async function expectSteady(
  backend: Backend,
  first: number,
  what: string,
  round: (at: number) => unknown,
): Promise<void> {
  for (let at = 0; at < first; at++) await round(at);
  const before = await memoryOf(backend);
  for (let at = first; at < 1000; at++) await round(at);
  await expectNoLeak(backend, before, `${1000 - first} rounds of training${what}`);
  const { pooledBytes } = backend.memory();
  const kept = `${pooledBytes} bytes are kept for use again after 1,000 rounds, ${before.pooledBytes} after ${first}`;
  expectThat(pooledBytes <= before.pooledBytes, kept);
}

async function askTraining(bench: Bench): Promise<void> {
  const prepared = prepare(bench);
  await expectSteady(bench.backend, 2, " and evaluation", (at) => trainOnce(prepared, at));
}

async function askBadCalls(bench: Bench): Promise<void> {
  const { backend } = bench;
  for (const [name, run] of Object.entries(badCalls)) {
    const prepared = prepare(bench);
    const before = await memoryOf(backend);
    const asked = (own: Bench) => failureOf(backend, () => run(own, prepared), prepared.x);
    const error = await Bench.use(bench.subject, bench.dtype, asked);
    // what a failed call has let go of too early is a matter of another requirement
    await expectNoMore(backend, before, name, error);
    bench.clear();
  }
}

async function askEveryOther(bench: Bench): Promise<void> {
  const { backend } = bench;
  const prepared = prepare(bench);
  const wrong = bench.tensor(dyadics(15, 5), [5, 3]);
  const single = bench.tensor(dyadics(3, 6), [1, 3]);
  const { layer, x, dy } = prepared;
  const fails: readonly (() => Results)[] = [
    () => ({ y: layer.forward(single) }),
    () => ({ y: layer.forward(x, { out: wrong }) }),
    () => ({ dx: layer.backward(wrong) }),
    () => ({ dx: layer.backward(dy, { out: wrong }) }),
    () => ({ y: layer.eval().forward(x, { out: x }) }),
  ];
  await expectSteady(backend, 10, ", each with a call that fails,", (at) => {
    trainOnce(prepared, at);
    const spare = at % fails.length === 4 ? x : wrong;
    return failureOf(backend, fails[at % fails.length] as () => Results, spare);
  });
}

async function askLayers(bench: Bench): Promise<void> {
  const { backend, dtype } = bench;
  const x = bench.tensor(dyadics(12, 1), [4, 3]);
  const lives: Readonly<Record<string, (layer: BatchNorm1d) => unknown>> = {
    "made and disposed": () => {},
    "disposed with the call of its last forward": (layer) => layer.forward(x).dispose(),
    "disposed before its call": (layer) => {
      const call = layer.call(x);
      call.y.dispose();
      layer.dispose();
      call.dispose();
    },
    "that was reset": (layer) => {
      layer.resetRunningStats();
      layer.resetParameters();
    },
    "whose state was saved and loaded": async (layer) => layer.loadStateDict(await layer.stateDict()),
    "that loaded a part of a state": (layer) => layer.loadStateDict({ bias: [1, 2, 3] }, { strict: false }),
    "that computed only gradients of parameters": (layer) => {
      layer.forward(x).dispose();
      layer.backward(x, { needs: { dx: false } })?.dispose();
    },
    "that was frozen": (layer) => {
      layer.freeze({ parameters: true }).forward(x).dispose();
      layer.backward(x).dispose();
    },
  };
  const variants = [{}, { affine: false }, { bias: false }, { trackRunningStats: false }, { momentum: null }] as const;
  for (const variant of variants) {
    for (const [name, live] of Object.entries(lives)) {
      const before = await memoryOf(backend);
      const layer = new BatchNorm1d(backend, 3, { dtype, ...variant });
      // some of these are refused, such as to freeze what is not tracked
      const error = await failureOf(backend, () => live(layer));
      layer.dispose();
      await expectNoLeak(backend, before, `a layer with ${JSON.stringify(variant)} ${name}`, error);
    }
  }
}

async function askFunction(bench: Bench): Promise<void> {
  const { backend } = bench;
  const { x, dy, weight, bias, mean, variance } = makeInputs(bench, { outer: 4, channels: 3, inner: 1 }, 1);
  for (const training of [true, false]) {
    const before = await memoryOf(backend);
    const call = batchNorm(backend, x, { training, weight, bias, runningMean: mean, runningVar: variance });
    const { dx, dweight, dbias } = call.backward(dy);
    for (const result of [call.y, dx, dweight, dbias, call]) result?.dispose();
    await expectNoLeak(backend, before, `batchNorm() with training: ${training} and its backward`);
  }
}

/** Buffers that live before are those that live after. */
export const leakChecks = benchChecksOf("no-leak", {
  "tensors, states and handles": askMaking,
  "each operation": askOperations,
  "each operation with bad inputs": askBadOperations,
  "imports that are refused": askBadImports,
  "the lives of layers": askLayers,
  "the function batchNorm": askFunction,
  "bad calls of a layer": askBadCalls,
  "1,000 rounds of training": askTraining,
  "1,000 rounds in which every other call throws": askEveryOther,
});
