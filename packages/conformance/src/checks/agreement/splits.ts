import type { Backend, GradientSums, Moments, Tensor, View } from "@batchnorm/core";
import fc from "fast-check";
import { expectSameResults } from "./agree.js";
import { keys, orderBy, problems } from "./arbitrary.js";
import { type Keep, keeping } from "./keeping.js";
import { describeProblem, type Problem } from "./problem.js";
import type { Property } from "./property.js";
import { fused, type Posed, pose, type Results, statisticsOf } from "./results.js";

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
  holds: (subject, dtype, split) =>
    keeping(async (keep) => {
      const { backend } = subject;
      const { problem } = split;
      const whole = await fused(backend, pose(backend, problem, dtype, keep), keep);
      const parts = partsOf(split).map((part) => pose(backend, part, dtype, keep));
      const results = await merged(backend, parts, split, keep);
      expectSameResults(subject, dtype, wordsOf(split), { problem, results }, { problem, results: whole });
    }),
};

function wordsOf({ sizes, order, sent }: Omit<Split, "problem">): string {
  return `in parts of ${sizes.join(", ")} samples, merged in the order ${order.join(", ")}${sent ? " after export and import" : ""}`;
}

function partsOf({ problem, sizes }: Split): Problem[] {
  const { channels, inner } = problem.view;
  let from = 0;
  return sizes.map((outer) => {
    const [start, end] = [from * channels * inner, (from + outer) * channels * inner];
    from += outer;
    const view: View = { outer, channels, inner };
    return { ...problem, view, x: problem.x.slice(start, end), dy: problem.dy.slice(start, end) };
  });
}

async function merged(backend: Backend, parts: readonly Posed[], split: Split, keep: Keep): Promise<Results> {
  const ordered = <V>(values: readonly V[]) => split.order.map((i) => values[i] as V);
  const own: Moments[] = [];
  for (const { x, problem } of parts) {
    const moments = keep(backend.moments(x, problem.view));
    own.push(split.sent ? keep(backend.importMoments(await backend.exportMoments(moments))) : moments);
  }
  const moments = keep(backend.merge(ordered(own)));
  const sumsOfParts: GradientSums[] = [];
  for (const { x, dy, problem, affine, backward } of parts) {
    const sums = keep(backend.gradientSums(dy, x, problem.view, moments, affine, backward));
    sumsOfParts.push(split.sent ? keep(backend.importGradientSums(await backend.exportGradientSums(sums))) : sums);
  }
  const sums = keep(backend.mergeGradientSums(ordered(sumsOfParts)));
  return apply(backend, parts, moments, sums, keep);
}

/** y and dx of each part, one after the other, by the moments and sums of the whole. */
async function apply(
  backend: Backend,
  parts: readonly Posed[],
  moments: Moments,
  sums: GradientSums,
  keep: Keep,
): Promise<Results> {
  const y: number[] = [];
  const dx: number[] = [];
  let dweight: ArrayLike<number> | null = null;
  let dbias: ArrayLike<number> | null = null;
  const values = async (tensor: Tensor | null) => (tensor === null ? null : await keep(tensor).data());
  for (const { x, dy, problem, affine, forward, backward } of parts) {
    const { view } = problem;
    y.push(...(await keep(backend.normalize(x, view, moments, affine, forward)).data()));
    const gradients = backend.gradients(dy, x, view, moments, sums, affine, backward);
    dx.push(...((await values(gradients.dx)) ?? []));
    dweight = await values(gradients.dweight);
    dbias = await values(gradients.dbias);
  }
  return { y, dx, dweight, dbias, ...(await statisticsOf(backend, moments)) };
}
