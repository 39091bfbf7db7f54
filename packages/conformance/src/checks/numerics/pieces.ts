import type { Check } from "../../check.js";
import { benchChecks } from "../bench.js";
import { expectSameResults } from "../problems/agree.js";
import { judgeResults } from "../problems/beside-reference.js";
import { applied, cut } from "../problems/parts.js";
import { fused, inPieces, type Posed, pose } from "../problems/results.js";
import { byChannel, type Fill, sizes, squaringEps, views } from "./batch.js";
import { problemOf } from "./problems.js";

const requirement = "pieces-are-the-whole";

/** Few digits, about a mean that is a whole number, and a variance that eps makes a power of 4: all but dx is exact. */
const fewDigits: Fill = (_, c, i, count) => c + Math.sign(2 * i + 1 - count) * (1 + (Math.min(i, count - 1 - i) % 3));
const fewDigitsOfGradient: Fill = (random) => random.integer(-2, 3);

const problems = views.map((view) => {
  const problem = problemOf(view, fewDigits, { dy: fewDigitsOfGradient });
  const parameter = (first: number) => byChannel(view.channels, (c) => first + c / 2);
  return { ...problem, weight: parameter(0.5), bias: parameter(-1), eps: squaringEps(view, problem.x) };
});

const withRelu = (posed: Posed): Posed => ({
  ...posed,
  pass: { ...posed.pass, activation: "relu" },
});

export const piecesChecks: readonly Check[] = [
  ...benchChecks(requirement, "one after the other", async (bench) => {
    for (const problem of problems) {
      const results = await inPieces(bench, pose(bench, problem));
      await judgeResults(bench, `in pieces, ${sizes(problem.view)}`, "ordinary", problem, results);
    }
  }),
  ...benchChecks(requirement, "by the moments and sums of the whole on its parts", async (bench) => {
    const { backend, keep } = bench;
    for (const problem of problems) {
      const { pass, dy } = pose(bench, problem);
      const moments = keep(backend.moments(pass));
      const sums = keep(backend.gradientSums(pass, moments, dy));
      const parts = cut(problem, [1, problem.view.outer - 1]).map((part) => pose(bench, part));
      const results = await applied(bench, parts, moments, sums);
      await judgeResults(bench, `applied to parts, ${sizes(problem.view)}`, "ordinary", problem, results);
    }
  }),
  ...benchChecks(requirement, "with ReLU", async (bench) => {
    const { dtype, subject } = bench;
    if (subject.bounds === null) return;
    // what is measured is measured without it
    const unmeasured = { dtype, subject: { ...subject, observe: () => {} } };
    for (const problem of problems) {
      const posed = withRelu(pose(bench, problem));
      const first = { problem, results: await inPieces(bench, posed) };
      const second = { problem, results: await fused(bench, posed) };
      expectSameResults(unmeasured, `in pieces with ReLU, ${sizes(problem.view)}`, first, second);
    }
  }),
];
