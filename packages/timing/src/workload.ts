import { channelAxis, type FloatArray, sizeOf, type View, valuesPerChannel } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import { type BenchmarkCase, viewOf } from "./cases/schema.js";
import { normal, uniform } from "./random.js";

/** The inputs of a case, the same for all who compete and in every run. */
export interface Workload {
  readonly case: BenchmarkCase;
  readonly channels: number;
  readonly x: FloatArray;
  readonly dy: FloatArray;
  readonly weight: FloatArray;
  readonly bias: FloatArray;
  readonly runningMean: FloatArray;
  readonly runningVar: FloatArray;
}

/** So many normal numbers are drawn; larger tensors repeat them, at a period that no power of two divides. */
const mostDrawn = 1_000_003;

/** Normal x with a mean and a deviation of its own in every channel, normal dy, parameters near one and zero. */
export function workloadOf(testCase: BenchmarkCase): Workload {
  const { shape, layout, dtype } = testCase;
  const axis = channelAxis(shape.length, layout);
  const channels = shape[axis] as number;
  const inner = sizeOf(shape.slice(axis + 1));
  const size = sizeOf(shape);
  const u = uniform(2);
  const perChannel = (next: () => number) => floatArray(dtype, channels).map(next);
  const mean = perChannel(() => 2 * u() - 1);
  const deviation = perChannel(() => 0.5 + u());
  const weight = perChannel(() => 0.5 + u());
  const bias = perChannel(() => u() - 0.5);
  const n = normal(1);
  const drawn = Float64Array.from({ length: Math.min(2 * size, mostDrawn) }, n);
  const x = floatArray(dtype, size);
  const dy = floatArray(dtype, size);
  for (let start = 0, c = 0; start < size; start += inner, c = (c + 1) % channels) {
    const [m, d] = [mean[c] as number, deviation[c] as number];
    for (let i = start; i < start + inner; i++) {
      x[i] = m + d * (drawn[(2 * i) % drawn.length] as number);
      dy[i] = drawn[(2 * i + 1) % drawn.length] as number;
    }
  }
  keepFromZero(x, viewOf(testCase), weight, bias);
  return {
    case: testCase,
    channels,
    x,
    dy,
    weight,
    bias,
    runningMean: mean.map((value) => value + 0.1),
    runningVar: deviation.map((value) => value * value * 1.1),
  };
}

/** No |z| is less, so that rounding never decides what ReLU lets through: dx of all who compete compares. */
const leastZ = 2 ** -12;

/** Moves every x whose z = weight (x - mean) / deviation + bias is too near 0, by so little that mean and deviation stay. */
function keepFromZero(x: FloatArray, view: View, weight: FloatArray, bias: FloatArray): void {
  const { channels, inner } = view;
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  const m = valuesPerChannel(view);
  for (let start = 0, c = 0; start < x.length; start += inner, c = (c + 1) % channels) {
    for (let i = start; i < start + inner; i++) {
      const value = x[i] as number;
      sum[c] = (sum[c] as number) + value;
      squares[c] = (squares[c] as number) + value * value;
    }
  }
  const mean = sum.map((total) => total / m);
  const scale = mean.map((value, c) => (weight[c] as number) / Math.sqrt((squares[c] as number) / m - value * value));
  for (let start = 0, c = 0; start < x.length; start += inner, c = (c + 1) % channels) {
    const [k, a, b] = [mean[c] as number, scale[c] as number, bias[c] as number];
    for (let i = start; i < start + inner; i++) {
      const z = ((x[i] as number) - k) * a + b;
      if (Math.abs(z) < leastZ) x[i] = (x[i] as number) + (3 * leastZ) / a;
    }
  }
}
