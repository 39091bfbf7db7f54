/**
 * The algorithms on whole tensors. Each channel is an activation of its own; what counts as its mini-batch:
 *
 * - dense, `(N, F)`: the N values of a feature, m = N (section 3);
 * - convolutional, `(N, C, H, W)` and any other rank: all values of a feature map, across examples and
 *   locations, m = N H W (section 3.2, the paper's m' = m p q).
 */
import type { FloatArray } from "../dtype.js";
import type { Activation } from "../options.js";
import { sizeOf, type View, valuesPerChannel } from "../view.js";
import { batchNormalizingTransform, type Transformed } from "./algorithm1.js";
import { infer, inferenceGradients } from "./algorithm2.js";
import { type Gradients, trainingGradients } from "./gradients.js";

/** gamma and beta by channel (null: 1 and 0), epsilon, and what follows y. */
export interface Parameters {
  readonly gamma: ArrayLike<number> | null;
  readonly beta: ArrayLike<number> | null;
  readonly eps: number;
  readonly activation: Activation;
}

/** E[x] and Var[x] by channel. */
export interface Statistics {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

/** A forward pass: results in the order of x, statistics by channel. */
export interface Forward {
  readonly mode: "training" | "inference";
  /** after the activation */
  readonly y: Float64Array;
  /** before the activation */
  readonly z: Float64Array;
  readonly xHat: Float64Array;
  readonly mean: Float64Array;
  /** biased: the variance that x was divided by */
  readonly variance: Float64Array;
}

/** A backward pass: dx in the order of x, the rest by channel. */
export interface Backward {
  readonly dx: Float64Array;
  readonly dGamma: Float64Array;
  readonly dBeta: Float64Array;
}

/** Training: every channel by the statistics of this batch (Algorithm 1). */
export function train(x: ArrayLike<number>, view: View, p: Parameters): Forward {
  return forward("training", x, view, p, (values, c) =>
    batchNormalizingTransform(values, p.gamma?.[c] ?? 1, p.beta?.[c] ?? 0, p.eps),
  );
}

/** Inference: every channel by fixed statistics (Algorithm 2, last line). */
export function inference(x: ArrayLike<number>, view: View, p: Parameters, fixed: Statistics): Forward {
  return forward("inference", x, view, p, (values, c) => {
    const statistics = { mean: fixed.mean[c] as number, variance: fixed.variance[c] as number };
    return infer(values, statistics, p.gamma?.[c] ?? 1, p.beta?.[c] ?? 0, p.eps);
  });
}

/** The gradients of a forward pass, in the mode that it ran in. */
export function backward(
  dy: ArrayLike<number>,
  x: ArrayLike<number>,
  view: View,
  p: Parameters,
  ran: Forward,
): Backward {
  const result = emptyBackward(view);
  for (let c = 0; c < view.channels; c++) {
    const gradients = channelGradients(dy, x, view, p, ran, c);
    scatter(gradients.dx, result.dx, view, c);
    result.dGamma[c] = gradients.dGamma;
    result.dBeta[c] = gradients.dBeta;
  }
  return result;
}

/** The m values of channel c, in the order of memory. */
export function gather(from: ArrayLike<number>, view: View, c: number): Float64Array {
  const values = new Float64Array(valuesPerChannel(view));
  let j = 0;
  for (let o = 0; o < view.outer; o++) {
    for (let i = 0; i < view.inner; i++) values[j++] = from[indexOf(view, o, c, i)] as number;
  }
  return values;
}

/** Puts the m values of channel c back where `gather` found them. */
export function scatter(values: ArrayLike<number>, to: FloatArray, view: View, c: number): void {
  let j = 0;
  for (let o = 0; o < view.outer; o++) {
    for (let i = 0; i < view.inner; i++) to[indexOf(view, o, c, i)] = values[j++] as number;
  }
}

function indexOf(view: View, o: number, c: number, i: number): number {
  return (o * view.channels + c) * view.inner + i;
}

function forward(
  mode: Forward["mode"],
  x: ArrayLike<number>,
  view: View,
  p: Parameters,
  transform: (values: Float64Array, c: number) => Transformed,
): Forward {
  const size = sizeOf(view);
  const z = new Float64Array(size);
  const xHat = new Float64Array(size);
  const mean = new Float64Array(view.channels);
  const variance = new Float64Array(view.channels);
  for (let c = 0; c < view.channels; c++) {
    const channel = transform(gather(x, view, c), c);
    scatter(channel.y, z, view, c);
    scatter(channel.xHat, xHat, view, c);
    mean[c] = channel.mu;
    variance[c] = channel.sigma2;
  }
  return { mode, y: p.activation === "relu" ? z.map(relu) : z, z, xHat, mean, variance };
}

/** max(z, 0); NaN stays NaN */
function relu(z: number): number {
  return Math.max(z, 0);
}

function channelGradients(
  dy: ArrayLike<number>,
  x: ArrayLike<number>,
  view: View,
  p: Parameters,
  ran: Forward,
  c: number,
): Gradients {
  const z = gather(ran.z, view, c);
  const dyOfChannel = gather(dy, view, c);
  const dz = p.activation === "relu" ? dyOfChannel.map((dyI, i) => ((z[i] as number) <= 0 ? 0 : dyI)) : dyOfChannel;
  const gamma = p.gamma?.[c] ?? 1;
  const transformed = {
    mu: ran.mean[c] as number,
    sigma2: ran.variance[c] as number,
    xHat: gather(ran.xHat, view, c),
  };
  return ran.mode === "training"
    ? trainingGradients(dz, gather(x, view, c), transformed, gamma, p.eps)
    : inferenceGradients(dz, transformed, gamma, p.eps);
}

function emptyBackward(view: View): Backward {
  return {
    dx: new Float64Array(sizeOf(view)),
    dGamma: new Float64Array(view.channels),
    dBeta: new Float64Array(view.channels),
  };
}
