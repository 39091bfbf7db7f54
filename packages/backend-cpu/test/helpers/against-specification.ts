import {
  type Activation,
  backwardScales,
  type DType,
  forwardScales,
  meanScale,
  specification,
  ulpError,
  valuesPerChannel,
} from "@batchnorm/core";
import type { CpuBackend } from "../../src/index.js";
import type { Batch } from "./batch.js";
import type { Errors, Result } from "./bounds.js";
import { correctionOf, momentum, type Results, runInference, runTraining } from "./run.js";

type Expected = Partial<Record<Result, { readonly values: ArrayLike<number>; readonly scale: ArrayLike<number> }>>;

/** The errors of a step of training. */
export function trainingErrors(backend: CpuBackend, batch: Batch, activation: Activation): Errors {
  const ran = specification.train(batch.x, batch.view, { ...batch, activation });
  const scales = forwardScales(ran, batch.view, { ...batch, activation });
  return compare(
    runTraining(backend, batch, activation),
    {
      ...expectedOfPass(batch, activation, ran),
      mean: { values: ran.mean, scale: scales.mean },
      variance: { values: ran.variance, scale: scales.variance },
      ...expectedRunning(batch, ran),
    },
    batch.dtype,
  );
}

/** The errors of inference and its gradients, by statistics that are not the batch's. */
export function inferenceErrors(backend: CpuBackend, batch: Batch, activation: Activation): Errors {
  const { mean, variance } = specification.train(batch.x, batch.view, { ...batch, activation });
  const round = batch.dtype === "float32" ? Math.fround : Number;
  const fixed = {
    mean: mean.map((mu, c) => round(mu + 0.1 * Math.sqrt(variance[c]))),
    variance: variance.map((v) => round(1.3 * v)),
  };
  const ran = specification.inference(batch.x, batch.view, { ...batch, activation }, fixed);
  const results = runInference(backend, batch, activation, fixed);
  return compare(results, expectedOfPass(batch, activation, ran), batch.dtype);
}

function expectedOfPass(batch: Batch, activation: Activation, ran: specification.Forward): Expected {
  const p = { ...batch, activation };
  const back = specification.backward(batch.dy, batch.x, batch.view, p, ran);
  const scales = { ...forwardScales(ran, batch.view, p), ...backwardScales(batch.dy, batch.view, p, ran, back) };
  return {
    y: { values: ran.y, scale: scales.y },
    dx: { values: back.dx, scale: scales.dx },
    dGamma: { values: back.dGamma, scale: scales.dGamma },
    dBeta: { values: back.dBeta, scale: scales.dBeta },
  };
}

function expectedRunning(batch: Batch, ran: specification.Forward): Expected {
  const m = valuesPerChannel(batch.view);
  const moved = Array.from(ran.mean, (mu, c) => {
    const sigma2 = ran.variance[c];
    const running = specification.moveRunningStatistics({ mean: 0, variance: 1 }, { mu, sigma2 }, m, momentum);
    // a single value has no unbiased variance: its biased one counts
    return correctionOf(batch) === 1 ? running : { ...running, variance: 1 - momentum + momentum * sigma2 };
  });
  const mean = moved.map((running) => running.mean);
  const variance = moved.map((running) => running.variance);
  return {
    runningMean: { values: mean, scale: meanScale(mean, variance) },
    runningVariance: { values: variance, scale: variance },
  };
}

function compare(results: Results, expected: Expected, dtype: DType): Errors {
  const errors: Errors = {};
  for (const [key, { values, scale }] of Object.entries(expected)) {
    const actual = results[key as Result];
    let ulp = actual?.length === values.length ? 0 : Infinity;
    for (let i = 0; i < values.length; i++) {
      ulp = Math.max(ulp, ulpError(actual?.[i] as number, values[i], scale[i], dtype));
    }
    errors[key as Result] = ulp;
  }
  return errors;
}
