import { type Values, type View, valuesPerChannel } from "@batchnorm/core";
import fc from "fast-check";
import { expectSameResults, measure } from "../problems/agree.js";
import { describeProblem, type Problem, scalesOf } from "../problems/problem.js";
import { fused, pose, type Results } from "../problems/results.js";
import { keys, orderBy, problems } from "./arbitrary.js";
import type { Property } from "./property.js";

/** A problem, another one, and what the results of the other must be, told from those of the first. */
interface Transform {
  readonly what: string;
  readonly problem: Problem;
  readonly transformed: Problem;
  readonly expected: (results: Results) => Results;
}

/** 0, or a power of two of either sign that leaves sixteenths exact in float32. */
const shift = fc.constantFrom(0, 1, -2, 16, -128, 1024, -8192);

/** What may be done to the input of a training pass, and what becomes of its results. */
export const transforms: readonly Property<Transform>[] = [
  property(
    "x + c, with a c for each channel, has the same y and gradients",
    fc.record({ problem: problems, c: fc.array(shift, { minLength: 5, maxLength: 5 }) }).map(({ problem, c }) => ({
      what: `with [${c.slice(0, problem.view.channels).join(", ")}] added to x by channel`,
      problem,
      transformed: { ...problem, x: byChannel(problem.x, problem.view, (value, channel) => value + at(c, channel)) },
      expected: (results) => ({ ...results, mean: results.mean.map((mean, channel) => mean + at(c, channel)) }),
    })),
  ),
  property(
    "x times a power of two, of either sign, with eps times its square has the same y",
    fc.record({ problem: problems, k: fc.integer({ min: -6, max: 6 }), negative: fc.boolean() }).map(scaled),
  ),
  property(
    "samples in another order have the same statistics and parameter gradients, and y and dx in that order",
    fc.record({ problem: problems, keys }).map(({ problem, keys: by }) => {
      const order = orderBy(by, problem.view.outer);
      const move = (values: ArrayLike<number>) => reordered(values, problem.view, order);
      return {
        what: `with the samples in the order ${order.join(", ")}`,
        problem,
        transformed: { ...problem, x: move(problem.x), dy: move(problem.dy) },
        expected: (results) => ({ ...results, y: move(results.y), dx: move(results.dx) }),
      };
    }),
  ),
  property(
    "channels last have the same results as channels first",
    problems.map((problem) => {
      const last = { outer: valuesPerChannel(problem.view), channels: problem.view.channels, inner: 1 };
      const move = (values: ArrayLike<number>) => channelsLast(values, problem.view);
      return {
        what: "with the channels last",
        problem,
        transformed: { ...problem, view: last, x: move(problem.x), dy: move(problem.dy) },
        expected: (results) => ({ ...results, y: move(results.y), dx: move(results.dx) }),
      };
    }),
  ),
];

function scaled({ problem, k, negative }: { problem: Problem; k: number; negative: boolean }): Transform {
  const sign = negative ? -1 : 1;
  const factor = sign * 2 ** k;
  const weight = problem.weight ?? new Array<number>(problem.view.channels).fill(1);
  return {
    what: `with x times ${factor} and eps times ${factor ** 2}${negative ? ", and the sign of the weight turned" : ""}`,
    problem: { ...problem, weight },
    transformed: {
      ...problem,
      x: Array.from(problem.x, (value) => value * factor),
      weight: weight.map((value) => value * sign),
      eps: problem.eps * factor ** 2,
    },
    expected: (results) => ({
      ...results,
      mean: results.mean.map((value) => value * factor),
      variance: results.variance.map((value) => value * factor ** 2),
      dx: Array.from(results.dx, (value) => value / factor),
      // a weight of the other sign meets an x-hat of the other sign
      dweight: results.dweight && Array.from(results.dweight, (value) => value * sign),
    }),
  };
}

function property(name: string, samples: fc.Arbitrary<Transform>): Property<Transform> {
  return {
    name,
    samples,
    describe: ({ problem, what }) => `${what}: ${describeProblem(problem)}`,
    holds: async (bench, { problem, transformed, what, expected }) => {
      const plain = await fused(bench, pose(bench, problem));
      measure(bench, "as it is", problem, plain);
      const other = await fused(bench, pose(bench, transformed));
      // at the scales of the transformed, which has the larger mean; those of all else are the same
      const scales = scalesOf(transformed);
      const second = { problem, results: expected(plain), scales };
      expectSameResults(bench, what, { problem: transformed, results: other }, second);
    },
  };
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}

function byChannel(
  values: Values,
  { channels, inner }: View,
  of: (value: number, channel: number) => number,
): number[] {
  return Array.from(values, (value, i) => of(value, Math.floor(i / inner) % channels));
}

function reordered(values: ArrayLike<number>, { channels, inner }: View, order: readonly number[]): number[] {
  const size = channels * inner;
  return order.flatMap((sample) => Array.from({ length: size }, (_, i) => values[sample * size + i] as number));
}

function channelsLast(values: ArrayLike<number>, { outer, channels, inner }: View): number[] {
  const result: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let c = 0; c < channels; c++) result.push(values[(o * channels + c) * inner + i] as number);
    }
  }
  return result;
}
