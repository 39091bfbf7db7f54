import { type Activation, type DType, type FloatArray, floatArray, type View } from "@batchnorm/core";
import type { CpuBackend } from "../../src/index.js";
import type { Random } from "./random.js";

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

/** The batch as tensors, with the options of a pass. */
export function upload(backend: CpuBackend, batch: Batch, activation: Activation = null) {
  const { outer, channels, inner } = batch.view;
  const shape = [outer, channels, inner];
  return {
    x: backend.tensor(batch.x, shape),
    dy: backend.tensor(batch.dy, shape),
    p: { weight: backend.state(batch.gamma, [channels]), bias: backend.state(batch.beta, [channels]) },
    view: batch.view,
    o: { eps: batch.eps, activation, out: null, needs: { dx: true, affine: true } },
  };
}
