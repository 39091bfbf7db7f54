import type { Activation, View } from "@batchnorm/core";
import type { WasmBackend } from "../../src/index.js";
import type { Random } from "./random.js";

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

/** The batch as tensors, with the options of a pass. */
export function upload(backend: WasmBackend, batch: Batch, activation: Activation = null) {
  const { outer, channels, inner } = batch.view;
  const shape = [outer, channels, inner];
  return {
    x: backend.tensor(batch.x, shape),
    dy: backend.tensor(batch.dy, shape),
    p: { weight: backend.state(batch.gamma, [channels]), bias: backend.state(batch.beta, [channels]) },
    view: batch.view,
    o: { eps: 1e-5, activation, out: null, needs: { dx: true, affine: true } },
  };
}
