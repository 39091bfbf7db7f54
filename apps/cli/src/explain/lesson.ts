import { type View, valuesPerChannel, view } from "@batchnorm/core";
import * as specification from "@batchnorm/core/specification";
import { drawBatches, type Kind, shapeOf } from "./batches.js";
import { type Comparison, compare } from "./comparison.js";
import { type LayerRun, runLayer } from "./layer-run.js";
import type { ExplainOptions } from "./options.js";

/** Running statistics by channel. */
export interface Running {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** A training batch by the specification. */
export interface TrainingStep {
  readonly x: Float32Array;
  readonly forward: specification.Forward;
  /** m / (m - 1) sigma_B^2 by channel */
  readonly unbiased: readonly number[];
  /** after this batch */
  readonly running: Running;
}

/** Every number of a lesson: those of the specification, and those of a layer that did the same. */
export interface Lesson {
  readonly kind: Kind;
  readonly options: ExplainOptions;
  readonly shape: readonly number[];
  readonly view: View;
  /** values that share one mean */
  readonly m: number;
  /** the running statistics before the first batch */
  readonly start: Running;
  readonly steps: readonly TrainingStep[];
  readonly first: TrainingStep;
  /** of the first batch, by the running statistics after the last */
  readonly inference: specification.Forward;
  /** the gradient of the loss by y: 1 for the first entry of each channel, 0 for the others */
  readonly dy: Float32Array;
  readonly backward: {
    readonly training: specification.Backward;
    readonly inference: specification.Backward;
    /** the steps in between, in the first channel */
    readonly terms: specification.TrainingGradients;
  };
  readonly layer: LayerRun;
  readonly comparisons: readonly Comparison[];
}

/**
 * Works the lesson out: trains on `steps` batches with gamma and beta held fixed, then infers on the first batch.
 *
 * @throws ShapeError for one value per channel, as the layer does
 */
export async function createLesson(kind: Kind, options: ExplainOptions): Promise<Lesson> {
  const shape = shapeOf(kind, options.batch);
  const v = view(shape, 1);
  const batches = drawBatches(kind, options.batch, options.steps);
  const x = batches[0] as Float32Array;
  const dy = firstOfEachChannel(v, x.length);
  const layer = await runLayer(kind, options, shape, batches, dy);
  const { weight, bias, running_mean, running_var } = layer.start;
  const p = { gamma: weight as Float32Array, beta: bias as Float32Array, eps: options.eps, activation: null };
  const start = { mean: [...(running_mean as Float32Array)], variance: [...(running_var as Float32Array)] };
  const steps = trainingSteps(batches, v, p, start, options.momentum);
  const first = steps[0] as TrainingStep;
  const inference = specification.inference(x, v, p, (steps.at(-1) as TrainingStep).running);
  const training = specification.backward(dy, x, v, p, first.forward);
  return {
    kind,
    options,
    shape,
    view: v,
    m: valuesPerChannel(v),
    start,
    steps,
    first,
    inference,
    dy,
    backward: {
      training,
      inference: specification.backward(dy, x, v, p, inference),
      terms: firstChannelGradients(dy, x, v, p, first.forward),
    },
    layer,
    comparisons: compare(layer),
  };
}

function firstChannelGradients(
  dy: Float32Array,
  x: Float32Array,
  v: View,
  p: specification.Parameters,
  { mean, variance, xHat }: specification.Forward,
): specification.TrainingGradients {
  const transformed = {
    mu: mean[0] as number,
    sigma2: variance[0] as number,
    xHat: specification.gather(xHat, v, 0),
  };
  const of = (values: Float32Array) => specification.gather(values, v, 0);
  return specification.trainingGradients(of(dy), of(x), transformed, p.gamma?.[0] ?? 1, p.eps);
}

function firstOfEachChannel(v: View, length: number): Float32Array {
  const dy = new Float32Array(length);
  for (let c = 0; c < v.channels; c++) dy[c * v.inner] = 1;
  return dy;
}

function trainingSteps(
  batches: readonly Float32Array[],
  v: View,
  p: specification.Parameters,
  start: Running,
  momentum: number,
): TrainingStep[] {
  const m = valuesPerChannel(v);
  let running = start;
  return batches.map((x) => {
    const forward = specification.train(x, v, p);
    running = move(running, forward, m, momentum);
    return {
      x,
      forward,
      unbiased: Array.from(forward.variance, (sigma2) => specification.unbiased(sigma2, m)),
      running,
    };
  });
}

function move(from: Running, batch: specification.Forward, m: number, momentum: number): Running {
  const moved = Array.from(batch.mean, (mu, c) =>
    specification.moveRunningStatistics(
      { mean: from.mean[c] as number, variance: from.variance[c] as number },
      { mu, sigma2: batch.variance[c] as number },
      m,
      momentum,
    ),
  );
  return { mean: moved.map(({ mean }) => mean), variance: moved.map(({ variance }) => variance) };
}
