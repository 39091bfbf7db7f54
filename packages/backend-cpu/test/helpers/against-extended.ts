import {
  type Activation,
  backwardScales,
  forwardScales,
  meanScale,
  specification,
  ulpAt,
  valuesPerChannel,
} from "@batchnorm/core";
import type { CpuBackend } from "../../src/index.js";
import type { Batch } from "./batch.js";
import type { Errors, Result } from "./bounds.js";
import { add, divide, multiply, type Wide, wide } from "./double-double.js";
import { type ExtendedChannel, extendedChannel } from "./extended.js";
import { momentum, type Results, runInference, runTraining } from "./run.js";

/** The errors of a step of training in float64, held against double-double arithmetic. */
export function trainingErrors64(backend: CpuBackend, batch: Batch, activation: Activation): Errors {
  const results = runTraining(backend, batch, activation);
  const p = { ...batch, activation };
  const ran = specification.train(batch.x, batch.view, p);
  const scales = allScales(batch, activation, ran);
  const m = valuesPerChannel(batch.view);
  const errors = new Worst(results);
  for (let c = 0; c < batch.view.channels; c++) {
    const exact = exactChannel(batch, activation, c, null);
    errors.pass(batch, c, exact, scales);
    errors.channel("mean", c, exact.mean, scales.mean[c]);
    errors.channel("variance", c, exact.variance, exact.variance.high);
    const unbiased = multiply(exact.variance, divide(wide(m), wide(m - 1)));
    const mean = multiply(wide(momentum), exact.mean);
    const variance = add(wide(1 - momentum), multiply(wide(momentum), unbiased));
    errors.channel("runningMean", c, mean, meanScale([mean.high], [variance.high])[0]);
    errors.channel("runningVariance", c, variance, variance.high);
  }
  return errors.errors;
}

/** The errors of inference and its gradients in float64, by statistics that are not the batch's. */
export function inferenceErrors64(backend: CpuBackend, batch: Batch, activation: Activation): Errors {
  const { mean, variance } = specification.train(batch.x, batch.view, { ...batch, activation });
  const fixed = {
    mean: mean.map((mu, c) => mu + 0.1 * Math.sqrt(variance[c])),
    variance: variance.map((v) => 1.3 * v),
  };
  const results = runInference(backend, batch, activation, fixed);
  const ran = specification.inference(batch.x, batch.view, { ...batch, activation }, fixed);
  const scales = allScales(batch, activation, ran);
  const errors = new Worst(results);
  for (let c = 0; c < batch.view.channels; c++) {
    const exact = exactChannel(batch, activation, c, { mean: fixed.mean[c], variance: fixed.variance[c] });
    errors.pass(batch, c, exact, scales);
  }
  return errors.errors;
}

function allScales(batch: Batch, activation: Activation, ran: specification.Forward) {
  const p = { ...batch, activation };
  const back = specification.backward(batch.dy, batch.x, batch.view, p, ran);
  return { ...forwardScales(ran, batch.view, p), ...backwardScales(batch.dy, batch.view, p, ran, back) };
}

function exactChannel(
  batch: Batch,
  activation: Activation,
  c: number,
  fixed: { mean: number; variance: number } | null,
): ExtendedChannel {
  const x = specification.gather(batch.x, batch.view, c);
  const dy = specification.gather(batch.dy, batch.view, c);
  return extendedChannel(x, dy, { gamma: batch.gamma[c], beta: batch.beta[c], eps: batch.eps, activation }, fixed);
}

/** The worst error of each result so far. */
class Worst {
  readonly errors: Errors = {};
  readonly #results: Results;

  constructor(results: Results) {
    this.#results = results;
  }

  pass(batch: Batch, c: number, exact: ExtendedChannel, scales: ReturnType<typeof allScales>): void {
    for (const key of ["y", "dx"] as const) {
      const actual = specification.gather(this.#results[key] ?? [], batch.view, c);
      const scale = specification.gather(scales[key], batch.view, c);
      exact[key].forEach((value, i) => {
        this.#note(key, actual[i], value, scale[i]);
      });
    }
    this.channel("dGamma", c, exact.dGamma, scales.dGamma[c]);
    this.channel("dBeta", c, exact.dBeta, scales.dBeta[c]);
  }

  channel(key: Result, c: number, exact: Wide, scale: number): void {
    this.#note(key, this.#results[key]?.[c] ?? Number.NaN, exact, scale);
  }

  #note(key: Result, actual: number, { high, low }: Wide, scale: number): void {
    const ulp = Math.abs(actual - high - low) / ulpAt(scale, "float64");
    this.errors[key] = Math.max(this.errors[key] ?? 0, Number.isNaN(ulp) ? Infinity : ulp);
  }
}
