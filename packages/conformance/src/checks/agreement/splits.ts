import fc from "fast-check";
import type { Bench } from "../bench.js";
import { expectSameResults } from "../problems/agree.js";
import { applied, cut, momentsOf, sentMoments, sentSums, sumsOf } from "../problems/parts.js";
import { describeProblem, type Problem } from "../problems/problem.js";
import { fused, pose, type Results } from "../problems/results.js";
import { keys, orderBy, problems } from "./arbitrary.js";
import type { Property } from "./property.js";

/** A batch in parts. */
interface Split {
  readonly problem: Problem;
  /** how many samples each part has, 0 among them */
  readonly sizes: readonly number[];
  /** in which order the parts are merged */
  readonly order: readonly number[];
  /** whether moments and sums go by export and import, as between machines */
  readonly sent: boolean;
}

const splitBatches: fc.Arbitrary<Split> = fc
  .record({ problem: problems, cuts: fc.array(fc.nat(5), { maxLength: 3 }), keys, sent: fc.boolean() })
  .map(({ problem, cuts, keys: by, sent }) => {
    const { outer } = problem.view;
    const ends = [...cuts.map((cut) => Math.min(cut, outer)).sort((a, b) => a - b), outer];
    const sizes = ends.map((end, i) => end - (ends[i - 1] ?? 0));
    return { problem, sizes, order: orderBy(by, sizes.length), sent };
  });

/** A batch in any parts, merged in any order, gives what it gives as a whole. */
export const splits: Property<Split> = {
  name: "a batch in parts, their moments and gradient sums merged in any order, gives what the whole gives",
  samples: splitBatches,
  describe: ({ problem, ...split }) => `${wordsOf(split)}: ${describeProblem(problem)}`,
  holds: async (bench, split) => {
    const { problem } = split;
    const whole = await fused(bench, pose(bench, problem));
    const results = await merged(bench, split);
    expectSameResults(bench, wordsOf(split), { problem, results }, { problem, results: whole });
  },
};

function wordsOf({ sizes, order, sent }: Omit<Split, "problem">): string {
  return `in parts of ${sizes.join(", ")} samples, merged in the order ${order.join(", ")}${sent ? " after export and import" : ""}`;
}

async function merged(bench: Bench, { problem, sizes, order, sent }: Split): Promise<Results> {
  const { backend, keep } = bench;
  const parts = cut(problem, sizes).map((part) => pose(bench, part));
  const inOrder = async <V>(values: readonly V[], send: (bench: Bench, value: V) => Promise<V>) => {
    const arrived: V[] = [];
    for (const value of values) arrived.push(sent ? await send(bench, value) : value);
    return order.map((i) => arrived[i] as V);
  };
  const moments = keep(backend.merge(await inOrder(momentsOf(bench, parts), sentMoments)));
  const sums = keep(backend.merge(await inOrder(sumsOf(bench, parts, moments), sentSums)));
  return applied(bench, parts, moments, sums);
}
