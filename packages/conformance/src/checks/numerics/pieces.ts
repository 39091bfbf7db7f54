import type { Check } from "../../check.js";
import { expectSameResults } from "../agreement/agree.js";
import { keeping } from "../agreement/keeping.js";
import { fused, inPieces, type Posed, pose } from "../agreement/results.js";
import { benchChecks } from "../semantics/bench.js";
import { type Fill, sizes, squaringEps, views } from "./batch.js";
import { problemOf } from "./problems.js";
import { applied, judgeResults, poseShards } from "./sharded.js";

const sentence = "pieces-are-the-whole";

/** Few digits, about a mean that is a whole number, and a variance that eps makes a power of 4: all but dx is exact. */
const fewDigits: Fill = (_, c, i, count) => c + Math.sign(2 * i + 1 - count) * (1 + (Math.min(i, count - 1 - i) % 3));
const fewDigitsOfGradient: Fill = (random) => random.integer(-2, 3);

const problems = views.map((view) => {
  const problem = problemOf(view, fewDigits, { dy: fewDigitsOfGradient });
  const byChannel = (first: number) => Array.from({ length: view.channels }, (_, c) => first + c / 2);
  return { ...problem, weight: byChannel(0.5), bias: byChannel(-1), eps: squaringEps(view, problem.x) };
});

const withRelu = (posed: Posed): Posed => ({
  ...posed,
  forward: { ...posed.forward, activation: "relu" },
  backward: { ...posed.backward, activation: "relu" },
});

export const piecesChecks: readonly Check[] = [
  ...benchChecks(sentence, "one after the other", async ({ backend, dtype, subject }) => {
    for (const problem of problems) {
      await keeping(async (keep) => {
        const results = await inPieces(backend, pose(backend, problem, dtype, keep), keep);
        await judgeResults(subject, `in pieces, ${sizes(problem.view)}`, "ordinary", problem, results, dtype);
      });
    }
  }),
  ...benchChecks(sentence, "by the moments and sums of the whole on its parts", async ({ backend, dtype, subject }) => {
    for (const problem of problems) {
      await keeping(async (keep) => {
        const { outer } = problem.view;
        const { whole, parts } = poseShards(backend, problem, [1, outer - 1], dtype, keep);
        const { x, dy, affine, backward } = whole;
        const moments = keep(backend.moments(x, problem.view));
        const sums = keep(backend.gradientSums(dy, x, problem.view, moments, affine, backward));
        const results = await applied(backend, parts, moments, sums, keep);
        await judgeResults(subject, `applied to parts, ${sizes(problem.view)}`, "ordinary", problem, results, dtype);
      });
    }
  }),
  ...benchChecks(sentence, "with ReLU", async ({ backend, dtype, subject }) => {
    // what is measured is measured without it
    const unmeasured = { ...subject, observe: () => {} };
    if (subject.bounds === null) return;
    for (const problem of problems) {
      await keeping(async (keep) => {
        const posed = withRelu(pose(backend, problem, dtype, keep));
        const first = { problem, results: await inPieces(backend, posed, keep) };
        const second = { problem, results: await fused(backend, posed, keep) };
        expectSameResults(unmeasured, dtype, `in pieces with ReLU, ${sizes(problem.view)}`, first, second);
      });
    }
  }),
];
