import type { Tensor } from "@batchnorm/core";
import { type BatchNorm1d, batchNorm, type Call } from "@batchnorm/layers";
import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectUnchanged, type Named } from "../values.js";
import { dyadics, positiveDyadics } from "./dyadics.js";
import { permutations } from "./permutations.js";

const requirement = "calls-keep-what-they-need";

type Mode = "train" | "eval";
type Layer = BatchNorm1d<Tensor>;

const shape = [5, 3];

/** A new layer, always with the same state; ReLU, so that the bias decides a gradient too. */
function makeLayer(bench: Bench, mode: Mode): Layer {
  const layer = bench.layer(3, { activation: "relu" });
  layer.loadStateDict({
    weight: [1.5, -0.5, 2],
    bias: [0.25, 0.5, -0.25],
    running_mean: dyadics(3, 1),
    running_var: positiveDyadics(3, 2),
  });
  return layer.train(mode === "train");
}

function input(bench: Bench, seed: number): Tensor {
  return bench.tensor(dyadics(15, seed), shape);
}

/** dx, and what a backward pass adds to gradients of zero. */
async function gradientsOf(bench: Bench, layer: Layer, backward: (dy: Tensor) => Tensor, seed: number) {
  layer.zeroGrad();
  const dx = bench.keep(backward(input(bench, seed)));
  const [weight, bias] = layer.parameters();
  return {
    dx: await dx.data(),
    dweight: (await weight?.grad.data()) as ArrayLike<number>,
    dbias: (await bias?.grad.data()) as ArrayLike<number>,
  };
}

/** A call of a layer. */
function callOf(bench: Bench, layer: Layer, x: Tensor): Call<Tensor> {
  const call = bench.keep(layer.call(x));
  bench.keep(call.y);
  return call;
}

/** The gradients of a forward pass that nothing comes between, by a layer in the state of another where there is one. */
async function undisturbed(bench: Bench, mode: Mode, x: number, dy: number, like?: Layer): Promise<Named> {
  const layer = makeLayer(bench, mode);
  if (like !== undefined) layer.loadStateDict(await like.stateDict());
  const call = callOf(bench, layer, input(bench, x));
  return gradientsOf(bench, layer, (gradient) => call.backward(gradient), dy);
}

/** What may come between a forward pass and its backward. */
const disturbances: Readonly<Record<string, (bench: Bench, layer: Layer, x: Tensor) => void>> = {
  "x was disposed": (bench, _, x) => {
    bench.drop(x);
    for (let seed = 30; seed < 34; seed++) input(bench, seed);
  },
  "step() moved the weight and the bias": (bench, layer) => {
    bench.keep(layer.forward(input(bench, 40)));
    bench.keep(layer.backward(input(bench, 41)));
    layer.step(0.5);
  },
  "loadStateDict() changed the whole state": (_, layer) => {
    layer.loadStateDict({ weight: [-3, 3, 1], bias: [2, -2, 1], running_mean: [5, 6, 7], running_var: [9, 16, 25] });
  },
  "the running statistics moved": (bench, layer) => {
    const { training } = layer;
    bench.keep(layer.train().call(input(bench, 42))).y.dispose();
    layer.train(training);
  },
  "the mode was switched": (_, layer) => {
    layer.train(!layer.training);
  },
  "the layer was frozen": (_, layer) => {
    layer.freeze();
  },
  "an evaluation came": (bench, layer) => {
    const { training } = layer;
    bench.keep(layer.eval().forward(input(bench, 43)));
    layer.train(training);
  },
  "other calls were made, differentiated and disposed": (bench, layer) => {
    for (const seed of [44, 45]) {
      const other = layer.call(input(bench, seed));
      other.y.dispose();
      bench.keep(other.backward(input(bench, seed + 2)));
      other.dispose();
    }
  },
  "its y was disposed": () => {},
};

async function askDisturbed(bench: Bench, mode: Mode, name: string): Promise<void> {
  const expected = await undisturbed(bench, mode, 10, 11);
  const layer = makeLayer(bench, mode);
  const x = input(bench, 10);
  const call = bench.keep(layer.call(x));
  if (name === "its y was disposed") {
    call.y.dispose();
    input(bench, 50);
  } else bench.keep(call.y);
  disturbances[name]?.(bench, layer, x);
  const after = await gradientsOf(bench, layer, (dy) => call.backward(dy), 11);
  expectUnchanged(`backward of a call in ${mode} after ${name}`, after, expected);
}

async function askOrders(bench: Bench): Promise<void> {
  const passes = [
    { mode: "train", x: 10, dy: 11 },
    { mode: "eval", x: 12, dy: 13 },
    { mode: "train", x: 14, dy: 15 },
  ] as const;
  for (const order of permutations([0, 1, 2])) {
    const layer = makeLayer(bench, "train");
    const inFlight: { call: Call<Tensor>; expected: Named; dy: number }[] = [];
    for (const { mode, x, dy } of passes) {
      const expected = await undisturbed(bench, mode, x, dy, layer);
      inFlight.push({ call: callOf(bench, layer.train(mode === "train"), input(bench, x)), expected, dy });
    }
    for (const [at, which] of order.entries()) {
      const { call, expected, dy } = inFlight[which] as (typeof inFlight)[number];
      const gradients = await gradientsOf(bench, layer, (gradient) => call.backward(gradient), dy);
      call.dispose();
      const names = order.slice(0, at + 1).map((one) => one + 1);
      expectUnchanged(`three calls in flight, backward in the order ${names.join(", ")}`, gradients, expected);
    }
    bench.clear();
  }
}

async function askAgain(bench: Bench): Promise<void> {
  for (const mode of ["train", "eval"] as const) {
    const expected = await undisturbed(bench, mode, 10, 11);
    const layer = makeLayer(bench, mode);
    const call = callOf(bench, layer, input(bench, 10));
    for (const time of ["first", "second"]) {
      const gradients = await gradientsOf(bench, layer, (dy) => call.backward(dy), 11);
      expectUnchanged(`the ${time} backward of one call in ${mode}`, gradients, expected);
    }
  }
}

async function askReplaced(bench: Bench): Promise<void> {
  const expected = await undisturbed(bench, "eval", 12, 13);
  const layer = makeLayer(bench, "eval");
  const own = callOf(bench, layer, input(bench, 12));
  bench.keep(layer.forward(input(bench, 10)));
  bench.keep(layer.forward(input(bench, 12)));
  const bySugar = await gradientsOf(bench, layer, (dy) => layer.backward(dy), 13);
  expectUnchanged("backward() after two forward()", bySugar, expected);
  const byCall = await gradientsOf(bench, layer, (dy) => own.backward(dy), 13);
  expectUnchanged("backward of a call after two forward()", byCall, expected);
}

async function askFunction(bench: Bench): Promise<void> {
  const { backend } = bench;
  for (const training of [true, false]) {
    const make = () => ({
      weight: bench.state([1.5, -0.5, 2]),
      bias: bench.state([0.25, 0.5, -0.25]),
      runningMean: bench.state(dyadics(3, 1)),
      runningVar: bench.state(positiveDyadics(3, 2)),
    });
    const differentiate = async (disturb: (states: ReturnType<typeof make>, x: Tensor) => void): Promise<Named> => {
      const states = make();
      const x = input(bench, 10);
      const call = bench.keep(batchNorm(backend, x, { ...states, training, activation: "relu" }));
      bench.keep(call.y);
      disturb(states, x);
      const entries = Object.entries(call.backward(input(bench, 11)));
      for (const [, gradient] of entries) if (gradient !== null) bench.keep(gradient);
      const read = entries.map(async ([name, gradient]) => [name, (await gradient?.data()) ?? []] as const);
      return Object.fromEntries(await Promise.all(read));
    };
    const expected = await differentiate(() => {});
    const after = await differentiate((states, x) => {
      for (const state of Object.values(states)) backend.assign(state, bench.tensor([7, 8, 9]));
      for (const tensor of [x, ...Object.values(states)]) bench.drop(tensor);
      for (let seed = 30; seed < 34; seed++) input(bench, seed);
    });
    expectUnchanged(
      `backward of batchNorm() with training: ${training}, all its inputs written and disposed`,
      after,
      expected,
    );
  }
}

/** A call gives the gradients of its own forward pass, whatever comes between. */
export const callsChecks: readonly Check[] = [
  ...Object.keys(disturbances).flatMap((name) =>
    (["train", "eval"] as const).flatMap((mode) =>
      benchChecks(requirement, `in ${mode}, after ${name}`, (bench) => askDisturbed(bench, mode, name)),
    ),
  ),
  ...benchChecks(requirement, "three in flight, differentiated in every order", askOrders),
  ...benchChecks(requirement, "differentiated twice", askAgain),
  ...benchChecks(requirement, "the one behind forward, replaced", askReplaced),
  ...benchChecks(requirement, "of the function batchNorm, its states written", askFunction),
];
