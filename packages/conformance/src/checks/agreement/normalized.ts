import { type DType, specification, ulpAt } from "@batchnorm/core";
import { expectThat, type Subject } from "../../check.js";
import { allowed, expectSame, expectSameResults } from "./agree.js";
import { exactProblems, problems } from "./arbitrary.js";
import { keeping } from "./keeping.js";
import { describeProblem, type Problem, parametersOf, scalesOf } from "./problem.js";
import type { Property } from "./property.js";
import { fused, inPieces, pose } from "./results.js";

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
    holds: (subject, dtype, problem) =>
      keeping(async (keep) => {
        const { backend } = subject;
        const posed = pose(backend, problem, dtype, keep);
        const results = await inPieces(backend, posed, keep);
        const whole = await fused(backend, posed, keep);
        expectSameResults(subject, dtype, "in pieces", { problem, results }, { problem, results: whole });
      }),
  },
];

/**
 * Every y may be wrong by e = bound ulp(scale): their mean by the mean of e, the mean of their squares by that of
 * 2 |y| e + e^2.
 */
function standardized({ backend, bounds }: Subject, dtype: DType, problem: Problem): Promise<void> {
  return keeping(async (keep) => {
    const { view, x, eps } = problem;
    const { y } = await fused(backend, pose(backend, problem, dtype, keep), keep);
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
  });
}

/** The statistics are exact in float32, so that both results have the errors of their normalization only. */
function byOwnStatistics({ backend, bounds }: Subject, dtype: DType, problem: Problem): Promise<void> {
  return keeping(async (keep) => {
    const { view, x } = problem;
    const posed = pose(backend, problem, dtype, keep);
    const { mean, variance } = specification.train(x, view, parametersOf(problem));
    const statistics = {
      mean: keep(backend.state(mean, [view.channels], dtype)),
      variance: keep(backend.state(variance, [view.channels], dtype)),
    };
    const y = keep(backend.infer(posed.x, view, statistics, posed.affine, posed.forward));
    const trained = await fused(backend, posed, keep);
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
  });
}
