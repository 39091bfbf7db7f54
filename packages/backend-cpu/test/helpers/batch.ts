import type { Activation, DType, FloatArray, View } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import type { Random } from "@batchnorm/testing/random";
import type { CpuBackend } from "../../src/index.js";

/** A batch with all that a pass over it needs, as arrays. */
export interface Batch {
  readonly dtype: DType;
  readonly view: View;
  readonly x: FloatArray;
  readonly dy: FloatArray;
  readonly gamma: FloatArray;
  readonly beta: FloatArray;
  readonly eps: number;
}

/** The values of channel `c`, number `i` in the order of memory. */
type Fill = (random: Random, c: number, i: number) => number;

const ordinary: Fill = (random) => 0.5 + 2 * random.normal();

export function makeBatch(random: Random, view: View, dtype: DType = "float32", fill: Fill = ordinary): Batch {
  const { outer, channels, inner } = view;
  const x = floatArray(dtype, outer * channels * inner);
  for (let position = 0; position < x.length; position++) {
    const o = Math.floor(position / (channels * inner));
    const c = Math.floor(position / inner) % channels;
    x[position] = fill(random, c, o * inner + (position % inner));
  }
  const normals = (length: number) => floatArray(dtype, length).map(() => random.normal());
  return { dtype, view, x, dy: normals(x.length), gamma: normals(channels), beta: normals(channels), eps: 1e-5 };
}

/** The batch as a pass over tensors, with dy. */
export function upload(backend: CpuBackend, batch: Batch, activation: Activation = null) {
  const { view, eps } = batch;
  const shape = [view.outer, view.channels, view.inner];
  return {
    x: backend.tensor(batch.x, shape),
    dy: backend.tensor(batch.dy, shape),
    weight: backend.state(batch.gamma, [view.channels]),
    bias: backend.state(batch.beta, [view.channels]),
    view,
    eps,
    activation,
  };
}

/** What a backward pass is asked for where nothing is left out. */
export const everything = { needs: { dx: true, affine: true }, out: null, sums: null } as const;
