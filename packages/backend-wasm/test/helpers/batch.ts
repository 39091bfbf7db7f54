import type { Activation, Pass, View } from "@batchnorm/core";
import type { Random } from "@batchnorm/testing/random";
import type { WasmBackend, WasmTensor } from "../../src/index.js";

/** A batch with all that a pass over it needs, as arrays. */
export interface Batch {
  readonly view: View;
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

/** A value of channel `c`. */
type Fill = (random: Random, c: number) => number;

const ordinary: Fill = (random) => 0.5 + 2 * random.normal();

export function makeBatch(random: Random, view: View, fill: Fill = ordinary): Batch {
  const { outer, channels, inner } = view;
  const x = new Float32Array(outer * channels * inner);
  for (let i = 0; i < x.length; i++) x[i] = fill(random, Math.floor(i / inner) % channels);
  const normals = (length: number) => new Float32Array(length).map(() => random.normal());
  return { view, x, dy: normals(x.length), gamma: normals(channels), beta: normals(channels) };
}

/** What a backward pass without sums is asked for: everything. */
export const everything = { needs: { dx: true, affine: true }, out: null, sums: null };

/** A pass over the batch, and its dy. */
export function upload(backend: WasmBackend, batch: Batch, activation: Activation = null) {
  const { outer, channels, inner } = batch.view;
  const shape = [outer, channels, inner];
  const pass = {
    x: backend.tensor(batch.x, shape),
    view: batch.view,
    weight: backend.state(batch.gamma, [channels]),
    bias: backend.state(batch.beta, [channels]),
    eps: 1e-5,
    activation,
  } satisfies Pass<WasmTensor>;
  return { pass, dy: backend.tensor(batch.dy, shape) };
}
