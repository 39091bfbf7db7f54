import { type Activation, channelAxis, type Layout, type View, view } from "@batchnorm/core";
import { layouts } from "@batchnorm/core/checks";
import * as specification from "@batchnorm/core/specification";
import { BatchNorm2d } from "@batchnorm/layers";
import type { Mode } from "../../judging/case.js";
import type { Bench } from "../bench.js";

/** A pass whose gradients are taken: dyadic numbers that float32 holds. */
export interface Situation {
  readonly mode: Mode;
  readonly activation: Activation;
  readonly layout: Layout;
  readonly eps: number;
  readonly shape: readonly number[];
  readonly view: View;
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly weight: readonly number[];
  readonly bias: readonly number[];
  readonly running: { readonly mean: readonly number[]; readonly variance: readonly number[] };
}

/** What is varied. */
export type Inputs = Pick<Situation, "x" | "weight" | "bias">;

/** Nothing that ReLU is given is nearer to its kink than this: no step of a difference crosses it. */
const awayFromKink = 2 ** -6;

const channels = 3;

/** Every mode, activation and layout. */
export function situations(): Situation[] {
  const modes: readonly Mode[] = ["train", "eval", "freeze"];
  const activations: readonly Activation[] = [null, "relu"];
  return modes.flatMap((mode) =>
    activations.flatMap((activation) => layouts.map((layout) => situationOf(mode, activation, layout))),
  );
}

function situationOf(mode: Mode, activation: Activation, layout: Layout): Situation {
  const shape = layout === "channels-first" ? [2, channels, 3, 2] : [2, 3, 2, channels];
  const size = 2 * channels * 3 * 2;
  const pattern = (factor: number, modulus: number) =>
    Array.from({ length: size }, (_, i) => ((i * factor) % modulus) / 8 - (modulus - 1) / 16);
  const without = {
    mode,
    activation,
    layout,
    eps: 2 ** -4,
    shape,
    view: view(shape, channelAxis(shape.length, layout)),
    x: pattern(17, 31),
    dy: pattern(7, 23),
    weight: [1.5, -0.75, 0.5],
    running: { mean: [0.25, -0.5, 0.125], variance: [1.5, 0.75, 2] },
  };
  return { ...without, bias: biasAwayFromKink(without) };
}

/** The bias of each channel, of some, that leaves all values the furthest from 0. */
function biasAwayFromKink(situation: Omit<Situation, "bias">): number[] {
  const candidates = Array.from({ length: 17 }, (_, i) => (i - 8) / 16);
  const { z } = specificationPass({ ...situation, bias: [0, 0, 0] });
  return Array.from({ length: channels }, (_, c) => {
    const values = specification.gather(z, situation.view, c);
    const nearest = (bias: number) => Math.min(...values.map((value) => Math.abs(value + bias)));
    const best = candidates.reduce((a, b) => (nearest(b) > nearest(a) ? b : a));
    if (nearest(best) < awayFromKink) throw new Error(`no bias leaves channel ${c} away from the kink of ReLU`);
    return best;
  });
}

/** The pass by the specification, for inputs that may differ from the situation's own. */
export function specificationPass(situation: Situation, inputs: Inputs = situation): specification.Forward {
  const { mode, view, running } = situation;
  const parameters = parametersOf(situation, inputs);
  return mode === "train"
    ? specification.train(inputs.x, view, parameters)
    : specification.inference(inputs.x, view, parameters, running);
}

/** The parameters of a situation as the specification takes them. */
export function parametersOf(
  { eps, activation }: Situation,
  { weight, bias }: Pick<Inputs, "weight" | "bias">,
): specification.Parameters {
  return { gamma: weight, beta: bias, eps, activation };
}

/** A call by the backend, for inputs that may differ from the situation's own. */
function callOf(bench: Bench, situation: Situation, inputs: Inputs) {
  const { backend, dtype, keep, tensor } = bench;
  const { eps, activation, layout, mode, running, shape } = situation;
  const layer = keep(new BatchNorm2d(backend, channels, { eps, activation, layout, dtype }));
  const { weight, bias } = inputs;
  layer.loadStateDict({ weight, bias, running_mean: running.mean, running_var: running.variance });
  if (mode === "freeze") layer.freeze();
  layer.train(mode !== "eval");
  const call = keep(layer.call(tensor(inputs.x, shape)));
  keep(call.y);
  return { layer, call };
}

/** y by the backend, for inputs that may differ from the situation's own. */
export function forwardOf(bench: Bench, situation: Situation, inputs: Inputs): Promise<ArrayLike<number>> {
  return callOf(bench, situation, inputs).call.y.data();
}

/** The gradients by the backend. */
export async function gradientsOf(bench: Bench, situation: Situation) {
  const { layer, call } = callOf(bench, situation, situation);
  return {
    dx: await bench.keep(call.backward(bench.tensor(situation.dy, situation.shape))).data(),
    dweight: (await layer.weight?.grad.data()) ?? [],
    dbias: (await layer.bias?.grad.data()) ?? [],
  };
}
