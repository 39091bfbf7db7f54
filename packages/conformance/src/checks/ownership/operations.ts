import {
  type Activation,
  type Backend,
  type GradientSums,
  type Moments,
  type Pass,
  type Statistics,
  sizeOf,
  type Tensor,
  type View,
} from "@batchnorm/core";
import { expectThat } from "../../check.js";
import type { Bench } from "../bench.js";
import { shapeOf } from "../shape.js";
import type { Named } from "../values.js";
import { dyadics, positiveDyadics } from "./dyadics.js";

/** All that an operation of the contract may be given. */
export interface Inputs {
  readonly x: Tensor;
  readonly dy: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** states */
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly moments: Moments;
  readonly moreMoments: Moments;
  readonly sums: GradientSums;
  readonly moreSums: GradientSums;
}

export type Role = keyof Inputs;

/** What an operation gives, under its name; null where it gives none. */
export type Results = Readonly<Record<string, Tensor | Moments | GradientSums | null>>;

export interface PassOptions {
  readonly activation: Activation;
  readonly out: Tensor | null;
  readonly needs: { readonly dx: boolean; readonly affine: boolean };
}

/** An operation of the contract, of which each input may be replaced. */
export interface Operation {
  readonly name: string;
  readonly takes: readonly Role[];
  /** the states among them that it writes */
  readonly writes: readonly Role[];
  /** whether it takes `out` */
  readonly out: boolean;
  run(backend: Backend, t: Inputs, view: View, o: PassOptions): Results | Promise<Results>;
}

export const everything: PassOptions = { activation: null, out: null, needs: { dx: true, affine: true } };

/** The smallest that has all loops in it; one with values beside each other in no channel; one of odd sizes. */
export const views: readonly View[] = [
  { outer: 2, channels: 3, inner: 2 },
  { outer: 4, channels: 3, inner: 1 },
  { outer: 3, channels: 5, inner: 37 },
];

export const smallView = views[0] as View;
export const emptyView: View = { outer: 0, channels: 3, inner: 2 };

const eps = 0.5;

type Run = Operation["run"];

/** Operations that take a batch and give a batch. */
export const passes: readonly Operation[] = [
  pass("train", ["x"], (backend, t, view, o) => ({ ...backend.train(passOf(t, view, o), o.out) })),
  pass("apply by moments", ["x", "moments"], (backend, t, view, o) => ({
    y: backend.apply(passOf(t, view, o), t.moments, o.out),
  })),
  pass("apply by statistics", ["x", "mean", "variance"], (backend, t, view, o) => ({
    y: backend.apply(passOf(t, view, o), statisticsOf(t), o.out),
  })),
  pass("backward by moments", ["dy", "x", "moments"], (backend, t, view, o) => ({
    ...backend.backward(passOf(t, view, o), t.moments, t.dy, { needs: o.needs, out: o.out, sums: null }),
  })),
  pass("backward by moments and sums", ["dy", "x", "moments", "sums"], (backend, t, view, o) => ({
    ...backend.backward(passOf(t, view, o), t.moments, t.dy, { needs: o.needs, out: o.out, sums: t.sums }),
  })),
  pass("backward by statistics", ["dy", "x", "mean", "variance"], (backend, t, view, o) => ({
    ...backend.backward(passOf(t, view, o), statisticsOf(t), t.dy, { needs: o.needs, out: o.out, sums: null }),
  })),
];

function pass(name: string, takes: readonly Role[], run: Run): Operation {
  return { name, takes: [...takes, "weight", "bias"], writes: [], out: true, run };
}

function passOf({ x, weight, bias }: Inputs, view: View, { activation }: PassOptions): Pass<Tensor> {
  return { x, view, weight, bias, eps, activation };
}

function statisticsOf({ mean, variance }: Inputs): Statistics<Tensor> {
  return { mean, variance };
}

function plain(name: string, takes: readonly Role[], run: Run): Operation {
  return { name, takes, writes: [], out: false, run };
}

/** Operations on moments and gradient sums. */
const pieces: readonly Operation[] = [
  plain("moments", ["x"], (backend, t, view) => ({ moments: backend.moments({ x: t.x, view }) })),
  plain("merge of moments", ["moments", "moreMoments"], (backend, t) => ({
    moments: backend.merge([t.moments, t.moreMoments]),
  })),
  plain("export and import of moments", ["moments"], async (backend, t) => ({
    moments: backend.importMoments(await t.moments.export()),
  })),
  plain("gradientSums", ["dy", "x", "moments", "weight", "bias"], (backend, t, view, o) => ({
    sums: backend.gradientSums(passOf(t, view, o), t.moments, t.dy),
  })),
  plain("merge of gradient sums", ["sums", "moreSums"], (backend, t) => ({
    sums: backend.merge([t.sums, t.moreSums]),
  })),
  plain("export and import of gradient sums", ["sums"], async (backend, t) => ({
    sums: backend.importGradientSums(await t.sums.export()),
  })),
];

function writing(
  name: string,
  takes: readonly Role[],
  writes: readonly Role[],
  write: (...of: Parameters<Run>) => void,
) {
  const run: Run = (...of) => {
    write(...of);
    return {};
  };
  return { name, takes, writes, out: false, run };
}

/** Operations that write a state, and retain. */
export const stateOperations: readonly Operation[] = [
  writing("assign", ["mean", "bias"], ["mean"], (backend, t) => backend.assign(t.mean, t.bias)),
  writing("axpy", ["bias", "mean"], ["mean"], (backend, t) => backend.axpy(-0.5, t.bias, t.mean)),
  writing("move", ["mean", "variance", "moments"], ["mean", "variance"], (backend, t) =>
    backend.move(t, t.moments, 0.25, 1),
  ),
];

const retaining = plain("retain", ["x"], (backend, t) => ({ handle: backend.retain(t.x) }));

/** Every operation of the contract that takes something that a backend made. */
export const operations: readonly Operation[] = [...passes, ...pieces, ...stateOperations, retaining];

/** Inputs that fit each other and a view. */
export function makeInputs(bench: Bench, view: View, seed: number): Inputs {
  const { backend } = bench;
  const { channels } = view;
  const size = sizeOf(view);
  const shape = shapeOf(view);
  const tensors = {
    x: bench.tensor(dyadics(size, seed), shape),
    dy: bench.tensor(dyadics(size, seed + 1), shape),
    weight: bench.state(dyadics(channels, seed + 2)),
    bias: bench.state(dyadics(channels, seed + 3)),
    mean: bench.state(dyadics(channels, seed + 4)),
    variance: bench.state(positiveDyadics(channels, seed + 5)),
  };
  const { x, dy, weight, bias } = tensors;
  const pass = { x, view, weight, bias, eps, activation: null };
  const moments = bench.keep(backend.moments(pass));
  const moreMoments = bench.keep(backend.moments({ x: dy, view }));
  const sums = () => bench.keep(backend.gradientSums(pass, moments, dy));
  return { ...tensors, moments, moreMoments, sums: sums(), moreSums: sums() };
}

/** The values of inputs or results; a null has none. */
export async function read(things: Results | Partial<Inputs>): Promise<Named> {
  const entries = Object.entries(things).flatMap(([name, thing]) => (thing === null ? [] : [[name, thing] as const]));
  const values = entries.map(async ([name, thing]) => [name, await valuesOf(thing)] as const);
  return Object.fromEntries(await Promise.all(values));
}

function valuesOf(thing: Tensor | Moments | GradientSums): Promise<ArrayLike<number>> {
  return "export" in thing ? thing.export() : thing.data();
}

/** Runs an operation whose results the bench keeps. */
export async function runOn(
  bench: Bench,
  operation: Operation,
  t: Inputs,
  view: View,
  o: Partial<PassOptions> = {},
): Promise<Results> {
  const results = await operation.run(bench.backend, t, view, { ...everything, ...o });
  for (const result of Object.values(results)) if (result !== null && result !== o.out) bench.keep(result);
  return results;
}

/** The batch among the results: y or dx. */
export function batchOf(results: Results, what: string): Tensor {
  const batch = results.y ?? results.dx;
  expectThat(batch !== undefined && batch !== null, `${what} gave neither y nor dx`);
  return batch as Tensor;
}
