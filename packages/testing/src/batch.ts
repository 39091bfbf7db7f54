import type { Random } from "./random.js";

interface View {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

type DType = "float32" | "float64";
type FloatArray = Float32Array | Float64Array;

/** A batch with all that a pass over it needs, as arrays. */
export interface Batch {
  readonly view: View;
  readonly x: FloatArray;
  readonly dy: FloatArray;
  readonly gamma: FloatArray;
  readonly beta: FloatArray;
}

/** The value of channel `c` that is number `i` of it in the order of memory. */
type Fill = (random: Random, c: number, i: number) => number;

const ordinary: Fill = (random) => 0.5 + 2 * random.normal();

export function makeBatch(random: Random, view: View, dtype: DType = "float32", fill: Fill = ordinary): Batch {
  const { outer, channels, inner } = view;
  const zeros = (length: number) => (dtype === "float32" ? new Float32Array(length) : new Float64Array(length));
  const x = zeros(outer * channels * inner);
  for (let position = 0; position < x.length; position++) {
    const o = Math.floor(position / (channels * inner));
    const c = Math.floor(position / inner) % channels;
    x[position] = fill(random, c, o * inner + (position % inner));
  }
  const normals = (length: number) => zeros(length).map(() => random.normal());
  return { view, x, dy: normals(x.length), gamma: normals(channels), beta: normals(channels) };
}

interface Uploads<T> {
  tensor(values: FloatArray, shape: readonly number[]): T;
  state(values: FloatArray, shape: readonly number[]): T;
}

/** A pass over the batch, and its dy. */
export function upload<T>(backend: Uploads<T>, batch: Batch, activation: "relu" | null = null) {
  const { outer, channels, inner } = batch.view;
  const shape = [outer, channels, inner];
  const pass = {
    x: backend.tensor(batch.x, shape),
    view: batch.view,
    weight: backend.state(batch.gamma, [channels]),
    bias: backend.state(batch.beta, [channels]),
    eps: 1e-5,
    activation,
  };
  return { pass, dy: backend.tensor(batch.dy, shape) };
}

/** What a backward pass is asked for where nothing is left out. */
export const everything = { needs: { dx: true, affine: true }, out: null, sums: null } as const;
