import { channelAxis, sizeOf } from "@batchnorm/core";
import type { BenchmarkCase } from "./cases.js";
import { normal, uniform } from "./random.js";

/** The inputs of a case, the same for all who compete and in every run. */
export interface Workload {
  readonly case: BenchmarkCase;
  readonly channels: number;
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVar: Float32Array;
}

/** Normal x with a mean and a deviation of its own in every channel, normal dy, parameters near one and zero. */
export function workloadOf(kase: BenchmarkCase): Workload {
  const { shape, layout } = kase;
  const axis = channelAxis(shape.length, layout);
  const channels = shape[axis] as number;
  const inner = sizeOf(shape.slice(axis + 1));
  const n = normal(1);
  const u = uniform(2);
  const perChannel = (next: () => number) => Float32Array.from({ length: channels }, next);
  const mean = perChannel(() => 2 * u() - 1);
  const deviation = perChannel(() => 0.5 + u());
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  return {
    case: kase,
    channels,
    x: Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      const c = channelOf(i);
      return (mean[c] as number) + (deviation[c] as number) * n();
    }),
    dy: Float32Array.from({ length: sizeOf(shape) }, n),
    weight: perChannel(() => 0.5 + u()),
    bias: perChannel(() => u() - 0.5),
    runningMean: mean.map((value) => value + 0.1),
    runningVar: deviation.map((value) => value * value * 1.1),
  };
}
