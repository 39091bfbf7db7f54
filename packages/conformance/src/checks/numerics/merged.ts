import type { Backend, GradientSums, Moments } from "@batchnorm/core";
import { type Check, expectThat } from "../../check.js";
import type { DataClass } from "../../judging/case.js";
import { type Keep, keeping } from "../agreement/keeping.js";
import type { Problem } from "../agreement/problem.js";
import { type Posed, type Results, statisticsOf } from "../agreement/results.js";
import { type Bench, benchChecks } from "../semantics/bench.js";
import { type Fill, ordinary } from "./batch.js";
import { problemOf } from "./problems.js";
import { applied, judgeResults, poseShards, sentMoments, sentSums } from "./sharded.js";

const view = { outer: 24, channels: 3, inner: 5 };

/** How many rows each part has, and in which order the parts are merged. */
interface Split {
  readonly rows: readonly number[];
  readonly order: readonly number[];
}

const splits: readonly Split[] = [
  { rows: [24], order: [0] },
  { rows: [12, 12], order: [0, 1] },
  { rows: [12, 12], order: [1, 0] },
  { rows: [1, 20, 3], order: [2, 0, 1] },
  { rows: [0, 10, 0, 14, 0], order: [0, 1, 2, 3, 4] },
  { rows: [0, 10, 0, 14, 0], order: [3, 2, 1, 0, 4] },
  { rows: new Array<number>(24).fill(1), order: Array.from({ length: 24 }, (_, i) => (i * 7) % 24) },
];

const words = ({ rows, order }: Split) => `parts of ${rows.join(", ")} rows, merged in the order ${order.join(", ")}`;

const inOrder = <V>(values: readonly V[], { order }: Split) => order.map((i) => values[i] as V);

const far: Fill = (random, _, i) => (i < 60 ? 1e4 : -1e4) + random.normal();

const kinds: readonly (readonly [string, DataClass, Fill])[] = [
  ["ordinary data", "ordinary", ordinary],
  ["1e6 + noise", "offset", (random) => 1e6 + random.normal()],
  ["parts with means far apart", "ordinary", far],
  ["huge and tiny channels", "extreme", (random, c) => (c === 1 ? 1e18 : 1e-23) * random.normal()],
  ["constant channels", "constant", (_, c) => 0.1 * (c + 1)],
];

/** A way from the moments of parts to those of the whole. */
type Merge = (backend: Backend, parts: readonly Moments[], keep: Keep) => Promise<Moments>;

const ways: readonly (readonly [string, Merge])[] = [
  ["at once", async (backend, parts, keep) => keep(backend.merge(parts))],
  [
    "two at a time",
    async (backend, [first, ...others], keep) =>
      others.reduce((all, part) => keep(backend.merge([all, part])), first as Moments),
  ],
  [
    "after export and import, and sent on",
    async (backend, parts, keep) => {
      const arrived: Moments[] = [];
      for (const part of parts) arrived.push(await sentMoments(backend, part, keep));
      return sentMoments(backend, keep(backend.merge(arrived)), keep);
    },
  ],
];

/** The whole by merged moments. */
async function resultsBy(backend: Backend, whole: Posed, moments: Moments, keep: Keep): Promise<Results> {
  const { x, dy, problem, affine, forward, backward } = whole;
  const y = keep(backend.normalize(x, problem.view, moments, affine, forward));
  const { dx, dweight, dbias } = backend.backward(dy, x, problem.view, { moments }, affine, backward);
  const read = async (tensor: typeof dx) => (tensor === null ? [] : await keep(tensor).data());
  return {
    y: await y.data(),
    ...(await statisticsOf(backend, moments)),
    dx: await read(dx),
    dweight: await read(dweight),
    dbias: await read(dbias),
  };
}

async function askMerged(
  { backend, dtype, subject }: Bench,
  data: DataClass,
  problem: Problem,
  merge: Merge,
): Promise<void> {
  for (const split of splits) {
    await keeping(async (keep) => {
      const { whole, parts } = poseShards(backend, problem, split.rows, dtype, keep);
      const own = parts.map((part) => keep(backend.moments(part.x, part.problem.view)));
      const moments = await merge(backend, inOrder(own, split), keep);
      const count = view.outer * view.inner;
      expectThat(moments.count === count, () => `${words(split)}: the count is ${moments.count}, expected ${count}`);
      const results = await resultsBy(backend, whole, moments, keep);
      await judgeResults(subject, words(split), data, problem, results, dtype);
    });
  }
}

export const mergedMomentsChecks: readonly Check[] = [
  ...kinds.flatMap(([kind, data, fill]) =>
    ways.flatMap(([way, merge]) =>
      benchChecks("merged-moments", `${kind}, ${way}`, (bench) => askMerged(bench, data, problemOf(view, fill), merge)),
    ),
  ),
  ...benchChecks("merged-moments", "of empty parts alone", async ({ backend, own, tensor }) => {
    const empty = () => own(backend.moments(tensor([], [0, 2]), { outer: 0, channels: 2, inner: 1 }));
    const { count } = own(backend.merge([empty(), empty()]));
    expectThat(count === 0, `the count of empty parts is ${count}, expected 0`);
  }),
  ...benchChecks("merged-moments", "a NaN of any part stays in its channel", async ({ backend, own, tensor }) => {
    const of = (values: number[]) => own(backend.moments(tensor(values, [2, 2]), { outer: 2, channels: 2, inner: 1 }));
    const parts = [of([1, 10, 3, 20]), of([Number.NaN, 30, 5, 40])] as const;
    for (const order of [parts, parts.toReversed()]) {
      const { mean, variance } = await statisticsOf(backend, own(backend.merge(order)));
      expectThat(
        Number.isNaN(mean[0]) && Number.isNaN(variance[0]),
        () => `mean and variance of the channel with NaN are ${mean[0]} and ${variance[0]}`,
      );
      expectThat(
        mean[1] === 25 && variance[1] === 125,
        () => `mean and variance of its neighbour are ${mean[1]} and ${variance[1]}, expected 25 and 125`,
      );
    }
  }),
  ...benchChecks("merged-moments", "the layout of exported moments", async ({ backend, own, tensor }) => {
    const moments = own(backend.moments(tensor([1, 10, 3, 30], [2, 2]), { outer: 2, channels: 2, inner: 1 }));
    const exported = await backend.exportMoments(moments);
    const expected = [2, 2, 20, 0, 0, 2, 200];
    expectThat(
      exported.length === expected.length && expected.every((value, i) => exported[i] === value),
      () =>
        `exported moments are [${exported.join(", ")}], expected [${expected.join(", ")}]: count, means, low parts, sums of squared deviations`,
    );
  }),
];

/** A way from the sums of parts to those of the whole. */
type Add = (backend: Backend, parts: readonly GradientSums[], keep: Keep) => Promise<GradientSums>;

const additions: readonly (readonly [string, Add])[] = [
  ["at once", async (backend, parts, keep) => keep(backend.mergeGradientSums(parts))],
  [
    "two at a time",
    async (backend, [first, ...others], keep) =>
      others.reduce((all, part) => keep(backend.mergeGradientSums([all, part])), first as GradientSums),
  ],
  [
    "after export and import, and sent on",
    async (backend, parts, keep) => {
      const arrived: GradientSums[] = [];
      for (const part of parts) arrived.push(await sentSums(backend, part, keep));
      return sentSums(backend, keep(backend.mergeGradientSums(arrived)), keep);
    },
  ],
];

async function askAdded({ backend, dtype, subject }: Bench, problem: Problem, add: Add): Promise<void> {
  for (const split of splits) {
    await keeping(async (keep) => {
      const { whole, parts } = poseShards(backend, problem, split.rows, dtype, keep);
      const moments = keep(backend.moments(whole.x, view));
      const own = parts.map(({ x, dy, problem: part, affine, backward }) =>
        keep(backend.gradientSums(dy, x, part.view, moments, affine, backward)),
      );
      const sums = await add(backend, inOrder(own, split), keep);
      const results = await applied(backend, parts, moments, sums, keep);
      await judgeResults(subject, words(split), "ordinary", problem, results, dtype);
    });
  }
}

/** -2, -1, 1 and 2 about a mean that is a whole number, so that what is judged is the sums. */
const fewDigits: Fill = (_, c, i) => c + ([-2, 1, 2, -1][i % 4] as number);

export const mergedGradientSumsChecks: readonly Check[] = [
  ...additions.flatMap(([way, add]) => [
    ...benchChecks("merged-gradient-sums", `few digits, ${way}`, (bench) =>
      askAdded(bench, problemOf(view, fewDigits, { dy: (random) => random.integer(-2, 3) }), add),
    ),
  ]),
  ...benchChecks("merged-gradient-sums", "the layout of exported sums", async (bench) => {
    const exported = await bench.backend.exportGradientSums(bench.own(sumsOfTwo(bench)));
    const expected = [12, 15, 2, 30];
    expectThat(
      exported.length === expected.length && expected.every((value, i) => exported[i] === value),
      () =>
        `exported sums are [${exported.join(", ")}], expected [${expected.join(", ")}]: sums of dy, sums of dy (x - mean)`,
    );
  }),
];

/** Of two channels of two values, with means of 2 and 20. */
function sumsOfTwo({ backend, own, tensor }: Bench): GradientSums {
  const two = { outer: 2, channels: 2, inner: 1 };
  const x = tensor([1, 10, 3, 30], [2, 2]);
  const o = { eps: 2, activation: null, out: null, needs: { dx: true, affine: true } } as const;
  const none = { weight: null, bias: null };
  return backend.gradientSums(tensor([5, 6, 7, 9], [2, 2]), x, two, own(backend.moments(x, two)), none, o);
}
