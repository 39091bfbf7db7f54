import type { Tensor } from "@batchnorm/core";
import type { BatchNorm } from "@batchnorm/layers";
import fc from "fast-check";
import type { Bench } from "../bench.js";
import { allowed, expectSame } from "../problems/agree.js";
import { describeProblem, type Problem, scalesOf } from "../problems/problem.js";
import { shapeOf } from "../shape.js";
import { keys, orderBy, problems } from "./arbitrary.js";
import type { Property } from "./property.js";

/** Several calls of one layer in training, and in which order their gradients are asked for. */
interface Calls {
  readonly batches: readonly Problem[];
  readonly order: readonly number[];
}

/** The same problem with its samples turned around, and so on: batches of one layer that differ. */
function batchesOf(problem: Problem, count: number): Problem[] {
  return Array.from({ length: count }, (_, i) => ({
    ...problem,
    x: Array.from(problem.x, (value, j) => value + ((i * j) % 5) / 4),
    dy: Array.from(problem.dy, (value, j) => value - ((i * j) % 3) / 2),
  }));
}

const severalCalls: fc.Arbitrary<Calls> = fc
  .record({ problem: problems, count: fc.integer({ min: 2, max: 5 }), keys })
  .map(({ problem, count, keys: by }) => ({ batches: batchesOf(problem, count), order: orderBy(by, count) }));

interface Gradients {
  readonly dx: readonly ArrayLike<number>[];
  readonly dweight: ArrayLike<number> | null;
  readonly dbias: ArrayLike<number> | null;
}

/** Any number of calls in flight, backward in any order, is the same as one call after the other. */
export const calls: Property<Calls> = {
  name: "calls in flight, backward in any order, have the gradients of one call after the other",
  samples: severalCalls,
  describe: ({ batches: [first, ...others], order }) =>
    `${1 + others.length} calls, backward in the order ${order.join(", ")}${first === undefined ? "" : `, the first: ${describeProblem(first)}`}`,
  holds: async (bench, several) =>
    compare(bench, several, await inFlight(bench, several), await inTurn(bench, several)),
};

/** A new layer of the batches' options. */
function layerOf(bench: Bench, { batches }: Calls): BatchNorm {
  const { view, eps, weight, bias } = batches[0] as Problem;
  const layer = bench.layer(view.channels, { eps, affine: weight !== null, bias: bias !== null });
  const state = { ...(weight === null ? {} : { weight }), ...(weight === null || bias === null ? {} : { bias }) };
  layer.loadStateDict(state, { strict: false });
  return layer;
}

async function inFlight(bench: Bench, several: Calls): Promise<Gradients> {
  const { batches, order } = several;
  const layer = layerOf(bench, several);
  const finishes = batches.map((batch) => start(bench, layer, batch));
  const dx: Tensor[] = [];
  for (const i of order) dx[i] = (finishes[i] as () => Tensor)();
  return read(layer, dx);
}

async function inTurn(bench: Bench, several: Calls): Promise<Gradients> {
  const layer = layerOf(bench, several);
  return read(
    layer,
    several.batches.map((batch) => start(bench, layer, batch)()),
  );
}

/** Goes forward. @returns what goes backward */
function start(bench: Bench, layer: BatchNorm, { x, dy, view }: Problem): () => Tensor {
  const tensor = bench.tensor(x, shapeOf(view));
  const call = bench.keep(layer.call(tensor));
  bench.keep(call.y);
  bench.drop(tensor); // the call keeps what it needs
  return () => bench.keep(call.backward(bench.tensor(dy, shapeOf(view))));
}

async function read(layer: BatchNorm, dx: readonly Tensor[]): Promise<Gradients> {
  return {
    dx: await Promise.all(dx.map((one) => one.data())),
    dweight: (await layer.weight?.grad.data()) ?? null,
    dbias: (await layer.bias?.grad.data()) ?? null,
  };
}

/** A sum of gradients has the error of each term, and that of adding it, at the scale of all. */
function compare(
  { dtype, subject: { bounds } }: Bench,
  { batches, order }: Calls,
  together: Gradients,
  apart: Gradients,
): void {
  if (bounds === null) return;
  const scales = batches.map(scalesOf);
  const what = `with ${batches.length} calls in flight, backward in the order ${order.join(", ")}`;
  for (const [i, problem] of batches.entries()) {
    expectSame({
      operation: "dx",
      what: `of call ${i} ${what}`,
      first: together.dx[i] ?? [],
      second: apart.dx[i] ?? [],
      scale: scales[i]?.dx ?? [],
      bound: 2 * allowed(bounds, dtype, problem, "dx"),
      dtype,
    });
  }
  for (const operation of ["dweight", "dbias"] as const) {
    const [first, second] = [together[operation], apart[operation]];
    if (first === null || second === null) continue;
    const scale = Array.from(first, (_, c) => scales.reduce((sum, one) => sum + (one[operation][c] as number), 0));
    const bound = 2 * batches.reduce((sum, problem) => sum + allowed(bounds, dtype, problem, operation), 0);
    expectSame({ operation, what, first, second, scale, bound, dtype });
  }
}
