import { ulpAt } from "@batchnorm/core/measure";
import * as specification from "@batchnorm/core/specification";
import { expectThat } from "../../check.js";
import type { Bench } from "../bench.js";
import { allowed, expectSame, expectSameResults } from "../problems/agree.js";
import { describeProblem, type Problem, parametersOf, scalesOf } from "../problems/problem.js";
import { fused, inPieces, pose } from "../problems/results.js";
import { exactProblems, problems } from "./arbitrary.js";
import type { Property } from "./property.js";

/** In float32 only: in float64 the sums of the check itself would be as wrong as the results. */
export const standard: Property<Problem> = {
  name: "y without weight and bias has mean 0 and variance s^2 = variance / (variance + eps)",
  samples: problems.map((problem) => ({ ...problem, weight: null, bias: null })),
  describe: describeProblem,
  holds: standardized,
};

/** Each way to a normalized batch leads there. */
export const normalized: readonly Property<Problem>[] = [
  {
    name: "inference by the batch's own mean and variance gives the y of training",
    samples: exactProblems,
    describe: describeProblem,
    holds: byOwnStatistics,
  },
  {
    name: "the pieces give what the fused operations give",
    samples: problems,
    describe: describeProblem,
    holds: async (bench, problem) => {
      const posed = pose(bench, problem);
      const results = await inPieces(bench, posed);
      const whole = await fused(bench, posed);
      expectSameResults(bench, "in pieces", { problem, results }, { problem, results: whole });
    },
  },
];

/**
 * Every y may be wrong by e = bound ulp(scale): their mean by the mean of e, the mean of their squares by that of
 * 2 |y| e + e^2.
 */
async function standardized(bench: Bench, problem: Problem): Promise<void> {
  const { dtype } = bench;
  const { bounds } = bench.subject;
  const { view, x, eps } = problem;
  const { y } = await fused(bench, pose(bench, problem));
  if (bounds === null) return;
  const bound = allowed(bounds, dtype, problem, "y");
  const errors = scalesOf(problem).y.map((scale) => bound * ulpAt(scale, dtype));
  for (let c = 0; c < view.channels; c++) {
    const ofX = specification.gather(x, view, c);
    const variance = specification.variance(ofX, specification.mean(ofX));
    const ofY = specification.gather(y, view, c);
    const e = specification.gather(errors, view, c);
    const mean = specification.mean(ofY);
    const meanError = specification.mean(e);
    expectThat(
      Math.abs(mean) <= meanError,
      () => `the mean of y in channel ${c} is ${mean}, expected 0, at most ${meanError} from it`,
    );
    const square = specification.mean(ofY.map((value) => value * value));
    const squareError = specification.mean(e.map((error, i) => error * (2 * Math.abs(ofY[i] as number) + error)));
    const expected = variance / (variance + eps);
    expectThat(
      Math.abs(square - expected) <= squareError,
      () => `the mean of y^2 in channel ${c} is ${square}, expected ${expected}, at most ${squareError} from it`,
    );
  }
}

/** The statistics are exact in float32, so that both results have the errors of their normalization only. */
async function byOwnStatistics(bench: Bench, problem: Problem): Promise<void> {
  const { backend, dtype, keep, state } = bench;
  const { bounds } = bench.subject;
  const { view, x } = problem;
  const posed = pose(bench, problem);
  const { mean, variance } = specification.train(x, view, parametersOf(problem));
  const statistics = { mean: state(mean), variance: state(variance) };
  const y = keep(backend.apply(posed.pass, statistics, null));
  const trained = await fused(bench, posed);
  const inferred = await y.data();
  if (bounds === null) return;
  expectSame({
    operation: "y",
    what: "by the batch's own mean and variance in inference",
    first: inferred,
    second: trained.y,
    scale: scalesOf(problem).y,
    bound: 2 * allowed(bounds, dtype, problem, "y"),
    dtype,
  });
}
