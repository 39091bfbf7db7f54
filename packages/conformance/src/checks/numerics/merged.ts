import type { Backend, GradientSums, Moments } from "@batchnorm/core";
import { type Check, expectThat } from "../../check.js";
import type { DataClass } from "../../judging/data-class.js";
import { type Bench, benchChecks } from "../bench.js";
import { judgeResults } from "../problems/beside-reference.js";
import { applied, cut, momentsOf, sentMoments, sentSums, sumsOf } from "../problems/parts.js";
import type { Problem } from "../problems/problem.js";
import { byMoments, pose, statisticsOf } from "../problems/results.js";
import { shapeOf } from "../shape.js";
import { expectUnchanged, expectValue, expectValues } from "../values.js";
import { type Fill, ordinary } from "./batch.js";
import { problemOf } from "./problems.js";

const view = { outer: 24, channels: 3, inner: 5 };
const ofTwo = { outer: 2, channels: 2, inner: 1 };

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

/** A way from what is known of parts to that of the whole. */
type Way<Part> = (bench: Bench, parts: readonly Part[]) => Promise<Part>;

/** Every way of merging, through a backend's own merge and its export and import. */
function waysOf<Part extends { dispose(): void }>(
  merge: (backend: Backend, parts: readonly Part[]) => Part,
  send: (bench: Bench, part: Part) => Promise<Part>,
): readonly (readonly [string, Way<Part>])[] {
  return [
    ["at once", async ({ backend, keep }, parts) => keep(merge(backend, parts))],
    [
      "two at a time",
      async ({ backend, keep }, [first, ...others]) =>
        others.reduce((all, part) => keep(merge(backend, [all, part])), first as Part),
    ],
    [
      "after export and import, and sent on",
      async (bench, parts) => {
        const arrived: Part[] = [];
        for (const part of parts) arrived.push(await send(bench, part));
        return send(bench, bench.keep(merge(bench.backend, arrived)));
      },
    ],
  ];
}

const mergings = waysOf<Moments>((backend, parts) => backend.merge(parts), sentMoments);
const additions = waysOf<GradientSums>((backend, parts) => backend.merge(parts), sentSums);

/** Parts of a channel, and the mean of the whole; the sum of squared deviations is NaN. */
const notFinite: Readonly<Record<string, number>> = {
  "1 3 | NaN 5": Number.NaN,
  "Infinity 1": Infinity,
  "Infinity 1 | 3 5 2": Infinity,
  "1 -Infinity | 2 3 5 | -Infinity": -Infinity,
  "Infinity 2 | 4 | 3 -Infinity": Number.NaN,
  "2 3 | Infinity -Infinity 1": Number.NaN,
  "Infinity 1 | NaN 2": Number.NaN,
};

/** In the order given and the other way round, from each part on, and with an empty part in front. */
function ordersOf<Part>(parts: readonly Part[], empty: Part): Part[][] {
  return parts.flatMap((_, i) => {
    const order = [...parts.slice(i), ...parts.slice(0, i)];
    return [order, order.toReversed(), [empty, ...order]];
  });
}

/** The odd channel stands between two others, whose moments are to the bit what they are beside finite values. */
async function askNotFinite(bench: Bench, merge: Way<Moments>): Promise<void> {
  const { backend, keep, tensor } = bench;
  const of = (values: readonly number[]) => {
    const x = tensor(
      values.flatMap((value, i) => [i / 3, value, 1e4 - i * values.length]),
      [values.length, 3],
    );
    return keep(backend.moments({ x, view: { outer: values.length, channels: 3, inner: 1 } }));
  };
  for (const [what, mean] of Object.entries(notFinite)) {
    const expectOdd = async (of: string, moments: Moments) => {
      const came = await statisticsOf(moments);
      expectValue(`the mean ${of}`, came.mean[1], mean);
      expectValue(`the variance ${of}`, came.variance[1], Number.NaN);
    };
    const parts = what.split(" | ").map((part) => part.split(" ").map(Number));
    await expectOdd(`of the whole of ${what}`, of(parts.flat()));
    for (const order of ordersOf(parts, [])) {
      const when = `parts of ${order.map((part) => part.join(" ") || "no values").join(" | ")}`;
      const merged = await merge(bench, order.map(of));
      await expectOdd(`of ${when}`, merged);
      const finite = order.map((part) => part.map((value) => (Number.isFinite(value) ? value : 0)));
      const beside = await merge(bench, finite.map(of));
      const [now, before] = [await merged.export(), await beside.export()];
      expectUnchanged(when, { moments: now }, { moments: before }, (_, at) => at === 0 || (at - 1) % 3 !== 1);
    }
  }
}

async function askMerged(bench: Bench, data: DataClass, problem: Problem, merge: Way<Moments>): Promise<void> {
  for (const split of splits) {
    const parts = cut(problem, split.rows).map((part) => pose(bench, part));
    const moments = await merge(bench, inOrder(momentsOf(bench, parts), split));
    const count = view.outer * view.inner;
    expectThat(moments.count === count, () => `${words(split)}: the count is ${moments.count}, expected ${count}`);
    const results = await byMoments(bench, pose(bench, problem), moments);
    await judgeResults(bench, words(split), data, problem, results);
  }
}

export const mergedMomentsChecks: readonly Check[] = [
  ...kinds.flatMap(([kind, data, fill]) =>
    mergings.flatMap(([way, merge]) =>
      benchChecks("merged-moments", `${kind}, ${way}`, (bench) => askMerged(bench, data, problemOf(view, fill), merge)),
    ),
  ),
  ...mergings.flatMap(([way, merge]) =>
    benchChecks("merged-moments", `infinities and NaN of any part, ${way}`, (bench) => askNotFinite(bench, merge)),
  ),
  ...benchChecks("merged-moments", "of empty parts alone", async ({ backend, keep, tensor }) => {
    const empty = () => keep(backend.moments({ x: tensor([], [0, 2]), view: { outer: 0, channels: 2, inner: 1 } }));
    const { count } = keep(backend.merge([empty(), empty()]));
    expectThat(count === 0, `the count of empty parts is ${count}, expected 0`);
  }),
  ...benchChecks("merged-moments", "the layout of exported moments", async ({ backend, keep, tensor }) => {
    const x = tensor([1, 10, 3, 30], [2, 2]);
    const moments = keep(backend.moments({ x, view: ofTwo }));
    const parts = "count, means, low parts, sums of squared deviations";
    expectExported("moments", await moments.export(), [2, 2, 20, 0, 0, 2, 200], parts);
  }),
];

async function askAdded(bench: Bench, problem: Problem, add: Way<GradientSums>): Promise<void> {
  const { backend, keep, tensor } = bench;
  for (const split of splits) {
    const parts = cut(problem, split.rows).map((part) => pose(bench, part));
    const moments = keep(backend.moments({ x: tensor(problem.x, shapeOf(view)), view }));
    const sums = await add(bench, inOrder(sumsOf(bench, parts, moments), split));
    const results = await applied(bench, parts, moments, sums);
    await judgeResults(bench, words(split), "ordinary", problem, results);
  }
}

/** Parts of a sum, and the whole. */
const notFiniteSums: Readonly<Record<string, number>> = {
  Infinity: Infinity,
  "1 -Infinity 3": -Infinity,
  "Infinity 2 Infinity": Infinity,
  "Infinity 2 -Infinity": Number.NaN,
  "1 NaN 2": Number.NaN,
};

/** The first sum of one channel and the second of the other are not finite, the two others are. */
async function askNotFiniteSums(bench: Bench, add: Way<GradientSums>): Promise<void> {
  const { backend, keep } = bench;
  for (const [what, whole] of Object.entries(notFiniteSums)) {
    const parts = what.split(" ").map(Number);
    for (const order of [parts, parts.toReversed()]) {
      const sums = order.map((value) => keep(backend.importGradientSums(Float64Array.of(value, 1, 2, value))));
      const exported = await (await add(bench, sums)).export();
      const { length } = order;
      expectValues(`gradient sums of parts of ${order.join(", ")}`, exported, [whole, length, 2 * length, whole]);
    }
  }
}

/** -2, -1, 1 and 2 about a mean that is a whole number, so that what is judged is the sums. */
const fewDigits: Fill = (_, c, i) => c + ([-2, 1, 2, -1][i % 4] as number);

export const mergedGradientSumsChecks: readonly Check[] = [
  ...additions.flatMap(([way, add]) =>
    benchChecks("merged-gradient-sums", `few digits, ${way}`, (bench) =>
      askAdded(bench, problemOf(view, fewDigits, { dy: (random) => random.integer(-2, 3) }), add),
    ),
  ),
  ...additions.flatMap(([way, add]) =>
    benchChecks("merged-gradient-sums", `infinities and NaN of any part, ${way}`, (bench) =>
      askNotFiniteSums(bench, add),
    ),
  ),
  ...benchChecks("merged-gradient-sums", "the layout of exported sums", async (bench) => {
    const { backend, keep, tensor } = bench;
    // two channels of two values, with means of 2 and 20
    const x = tensor([1, 10, 3, 30], [2, 2]);
    const pass = { x, view: ofTwo, weight: null, bias: null, eps: 2, activation: null };
    const sums = keep(backend.gradientSums(pass, keep(backend.moments(pass)), tensor([5, 6, 7, 9], [2, 2])));
    expectExported("sums", await sums.export(), [12, 15, 2, 30], "sums of dy, sums of dy (x - mean)");
  }),
];

function expectExported(what: string, came: Float64Array, expected: readonly number[], parts: string): void {
  expectThat(
    came.length === expected.length && expected.every((value, i) => came[i] === value),
    () => `exported ${what} are [${came.join(", ")}], expected [${expected.join(", ")}]: ${parts}`,
  );
}
