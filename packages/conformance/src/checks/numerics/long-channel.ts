import type { FloatArray, View } from "@batchnorm/core";
import { type Check, expectThat } from "../../check.js";
import { boundOf } from "../../judging/bounds.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectSame } from "../problems/agree.js";
import { judgeResults } from "../problems/beside-reference.js";
import type { Problem } from "../problems/problem.js";
import { fused, pose } from "../problems/results.js";
import { shapeOf } from "../shape.js";
import { type Fill, noise, sizes } from "./batch.js";
import { problemOf } from "./problems.js";

/**
 * Ten million values that repeat: mean, variance, y and dx of the whole are those of one period, and the gradients of
 * the parameters a power of two times those, so that the reference has only a period to compute.
 */
const period = 1221;
const repeats = 2 ** 13;
const length = period * repeats;

const views: readonly View[] = [
  { outer: 1, channels: 1, inner: length },
  { outer: length, channels: 1, inner: 1 },
  { outer: repeats, channels: 1, inner: period },
];

/** A gradient that goes with x: its sums grow with the number of values, and so do their scales. */
const gradient: Fill = (random, _, i) => 1 + (i % 8) / 8 + random.uniform();

function repeated(values: FloatArray): FloatArray {
  const all = new Float32Array(length);
  for (let at = 0; at < length; at += period) all.set(values, at);
  return all;
}

/** For each value of the period the smallest and the largest of its results; NaN where one is. */
function extremes(values: ArrayLike<number>): readonly [Float64Array, Float64Array] {
  const least = new Float64Array(period).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(period).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < length; at += period) {
    for (let i = 0; i < period; i++) {
      const value = values[at + i] as number;
      least[i] = Math.min(least[i] as number, value);
      most[i] = Math.max(most[i] as number, value);
    }
  }
  return [least, most];
}

const offMean: Fill = (random, c, i, count) => 0.5 + noise(random, c, i, count);

async function ask(bench: Bench, view: View, one: Problem): Promise<void> {
  const all: Problem = { ...one, view, x: repeated(one.x as FloatArray), dy: repeated(one.dy as FloatArray) };
  const { y, dx, dweight, dbias, ...statistics } = await fused(bench, pose(bench, all));
  expectThat(
    y.length === length && dx.length === length,
    `y and dx have ${y.length} and ${dx.length} values, expected ${length}`,
  );
  const [ys, dxs] = [extremes(y), extremes(dx)];
  const ofPeriod = (sums: ArrayLike<number> | null) => Array.from(sums ?? [], (sum) => sum / repeats);
  for (const which of [0, 1] as const) {
    const results = {
      ...statistics,
      y: ys[which],
      dx: dxs[which],
      dweight: ofPeriod(dweight),
      dbias: ofPeriod(dbias),
    };
    const what = `${sizes(view)}, ${which === 0 ? "the smallest" : "the largest"} result of each value`;
    await judgeResults(bench, what, "long", one, results);
  }
}

/** In eval a value gives the same wherever it stands; a shorter channel says what. */
async function inEval({ layer, keep, tensor, dtype, subject }: Bench, view: View): Promise<void> {
  const { x } = problemOf({ outer: period, channels: 1, inner: 1 }, offMean);
  const bn = layer(1).eval();
  bn.loadStateDict({ running_mean: [0.25], running_var: [2], weight: [1.5], bias: [-0.5] });
  const forward = async (values: FloatArray, shape: readonly number[]) =>
    keep(bn.forward(keep(tensor(values, shape)))).data();
  const expected = await forward(x as FloatArray, [period, 1]);
  const y = await forward(repeated(x as FloatArray), shapeOf(view));
  expectThat(y.length === length, `y has ${y.length} values in eval, expected ${length}`);
  const { bounds } = subject;
  if (bounds === null) return;
  const scale = new Float64Array(period).fill(1);
  const bound = 2 * boundOf(bounds, { dtype, against: "specification", data: "ordinary", operation: "y" });
  for (const [first, what] of [
    [extremes(y)[0], "at the least"],
    [extremes(y)[1], "at the most"],
  ] as const) {
    expectSame({ operation: "y", what: `${what} in ${sizes(view)}`, first, second: expected, scale, bound, dtype });
  }
}

export const longChannelChecks: readonly Check[] = views.flatMap((view) => [
  ...benchChecks(
    "long-channel",
    `${length} values, ${sizes(view)}`,
    (bench) => ask(bench, view, problemOf({ outer: period, channels: 1, inner: 1 }, offMean, { dy: gradient })),
    { large: true },
  ),
  ...benchChecks("long-channel", `${length} values in eval, ${sizes(view)}`, (bench) => inEval(bench, view), {
    large: true,
  }),
]);
