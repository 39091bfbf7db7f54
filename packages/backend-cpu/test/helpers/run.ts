import type { Activation } from "@batchnorm/core";
import type { CpuBackend } from "../../src/index.js";
import { type Batch, upload } from "./batch.js";
import type { Result } from "./bounds.js";

/** What the backend computes for a batch, as arrays. */
export type Results = Readonly<Partial<Record<Result, ArrayLike<number>>>>;

/** The weight of the batch in the running statistics, which start from 0 and 1. */
export const momentum = 0.1;

/** A step of training. The running variance is the unbiased one, save for a single value. */
export function runTraining(backend: CpuBackend, batch: Batch, activation: Activation): Results {
  const { x, dy, p, view, o } = upload(backend, batch, activation);
  const { channels } = view;
  const running = {
    mean: backend.state(new Array(channels).fill(0), [channels], batch.dtype),
    variance: backend.state(new Array(channels).fill(1), [channels], batch.dtype),
  };
  const { y, moments } = backend.train(x, view, p, o);
  const { dx, dweight, dbias } = backend.backward(dy, x, view, { moments }, p, o);
  backend.move(running, moments, momentum, correctionOf(batch));
  const { mean, m2 } = moments.arrays;
  const results = {
    y: y.values.slice(),
    dx: dx?.values.slice(),
    dGamma: dweight?.values.slice(),
    dBeta: dbias?.values.slice(),
    mean: mean.slice(),
    variance: m2.map((squares) => squares / moments.count),
    runningMean: running.mean.values.slice(),
    runningVariance: running.variance.values.slice(),
  };
  for (const held of [x, dy, p.weight, p.bias, running.mean, running.variance, y, moments, dx, dweight, dbias]) {
    held?.dispose();
  }
  return results;
}

export function correctionOf({ view }: Batch): 0 | 1 {
  return view.outer * view.inner > 1 ? 1 : 0;
}

/** Inference and its gradients. */
export function runInference(
  backend: CpuBackend,
  batch: Batch,
  activation: Activation,
  fixed: { mean: ArrayLike<number>; variance: ArrayLike<number> },
): Results {
  const { x, dy, p, view, o } = upload(backend, batch, activation);
  const state = (values: ArrayLike<number>) => backend.state(Array.from(values), [view.channels], batch.dtype);
  const statistics = { mean: state(fixed.mean), variance: state(fixed.variance) };
  const y = backend.infer(x, view, statistics, p, o);
  const { dx, dweight, dbias } = backend.backward(dy, x, view, { statistics }, p, o);
  const results = {
    y: y.values.slice(),
    dx: dx?.values.slice(),
    dGamma: dweight?.values.slice(),
    dBeta: dbias?.values.slice(),
  };
  for (const held of [x, dy, p.weight, p.bias, statistics.mean, statistics.variance, y, dx, dweight, dbias]) {
    held?.dispose();
  }
  return results;
}
