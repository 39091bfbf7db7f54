import {
  type Backend,
  CallError,
  channelAxis,
  type DType,
  DTypeError,
  type Layout,
  OptionError,
  ShapeError,
  type Tensor,
  TensorError,
  type View,
  valuesPerChannel,
  view,
} from "@batchnorm/core";
import {
  awaitHint,
  checkOnePerChannel,
  checkTrainingEps,
  describe,
  describeShape,
  sameShape,
} from "@batchnorm/core/checks";

/**
 * @throws TensorError (`ERR_FOREIGN_TENSOR`) unless x is a tensor at all
 * @throws DTypeError unless the backend computes in its type
 */
export function checkTensor<T extends Tensor>(backend: Backend<T>, x: T, name: string): void {
  if (typeof x !== "object" || x === null || !Array.isArray(x.shape) || typeof x.dispose !== "function") {
    throw new TensorError(
      "ERR_FOREIGN_TENSOR",
      `${name} must be a tensor of the ${backend.name} backend, got ${describe(x)}${awaitHint(x) || "; make one with backend.tensor(values, shape)"}`,
    );
  }
  const { dtypes } = backend.capabilities;
  if (!dtypes.includes(x.dtype as DType)) {
    throw new DTypeError(
      `${name} must be ${dtypes.join(" or ")} on the ${backend.name} backend, got ${x.dtype}; convert it to ${dtypes[0]} first`,
    );
  }
}

/** @throws ShapeError unless the gradient has the shape of y, DTypeError unless it has its type */
export function checkGradient<T extends Tensor>(backend: Backend<T>, dy: T, x: T): void {
  checkTensor(backend, dy, "dy");
  if (!sameShape(dy.shape, x.shape)) {
    throw new ShapeError(
      "ERR_SHAPE",
      `dy must have the shape of y, ${describeShape(x.shape)}, got ${describeShape(dy.shape)}`,
    );
  }
  if (dy.dtype !== x.dtype) throw new DTypeError(`dy must be ${x.dtype} as x was, got ${dy.dtype}`);
}

/** @throws ShapeError (`ERR_RANK`) that begins with PyTorch's sentence, unless the rank is one of `ranks` */
export function checkRank(shape: readonly number[], ranks: readonly number[], takes: string): void {
  if (ranks.includes(shape.length)) return;
  throw new ShapeError(
    "ERR_RANK",
    `expected ${ranks.map((rank) => `${rank}D`).join(" or ")} input (got ${shape.length}D input): ${takes}, the input has shape ${describeShape(shape)}`,
  );
}

/** @throws ShapeError (`ERR_CHANNELS`) unless the shape has `numFeatures` channels */
export function checkChannels(shape: readonly number[], layout: Layout, numFeatures: number): void {
  const axis = channelAxis(shape.length, layout);
  if (shape[axis] === numFeatures) return;
  const other: Layout = layout === "channels-first" ? "channels-last" : "channels-first";
  const hint =
    shape[channelAxis(shape.length, other)] === numFeatures
      ? `; is it ${other}? Say so with { layout: "${other}" }`
      : "";
  throw new ShapeError(
    "ERR_CHANNELS",
    `expected ${numFeatures} channels on axis ${axis} (${layout}), got ${shape[axis]} in the shape ${describeShape(shape)}${hint}`,
  );
}

/**
 * The view of an input of any rank from 2 on.
 *
 * @throws ShapeError (`ERR_RANK`, `ERR_CHANNELS`) for fewer dimensions and for no channels
 */
export function viewOf(shape: readonly number[], layout: Layout): View {
  if (shape.length < 2) {
    throw new ShapeError(
      "ERR_RANK",
      `expected at least 2D input (got ${shape.length}D input): (N, C, ...) or (N, ..., C)`,
    );
  }
  const result = view(shape, channelAxis(shape.length, layout));
  if (result.channels === 0) {
    throw new ShapeError("ERR_CHANNELS", `expected at least one channel, got the shape ${describeShape(shape)}`);
  }
  return result;
}

/** What there is instead of batch statistics, for whom they are refused. */
export const insteadOfBatch = {
  function: "training: false to normalize by runningMean and runningVar",
  tracking: "eval() or freeze() to normalize by running statistics",
  untracked: "a layer with trackRunningStats: true, which normalizes by running statistics in eval()",
} as const;

/**
 * @throws ShapeError (`ERR_ONE_VALUE_PER_CHANNEL`): one value has no variance
 * @throws OptionError for eps 0
 */
export function checkBatchStatistics(v: View, shape: readonly number[], eps: number, instead: string): void {
  if (valuesPerChannel(v) === 1) {
    throw new ShapeError(
      "ERR_ONE_VALUE_PER_CHANNEL",
      `Expected more than 1 value per channel when training, got input size ${describeShape(shape)}: one value has no variance; use a larger batch, or ${instead}`,
    );
  }
  checkTrainingEps(eps);
}

/** @throws TensorError, DTypeError, ShapeError unless each tensor there is holds one value for each channel */
export function checkPerChannel<T extends Tensor>(
  backend: Backend<T>,
  tensors: Readonly<Record<string, T | null | undefined>>,
  view: View,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor === null || tensor === undefined) continue;
    checkTensor(backend, tensor, name);
    checkOnePerChannel(name, tensor.shape, view);
  }
}

/** @throws OptionError unless it is a backend */
export function checkBackend<T extends Tensor>(backend: Backend<T>): void {
  if (typeof backend === "object" && backend !== null && Array.isArray(backend.capabilities?.dtypes)) return;
  throw new OptionError(
    `expected a backend, such as createCpuBackend() returns, got ${describe(backend)}${awaitHint(backend)}`,
  );
}

/** What a call holds. @throws CallError where it was disposed */
export function checkLive<Kept>(kept: Kept | null): Kept {
  if (kept === null) {
    throw new CallError("backward came after the call was disposed; dispose it after its last backward");
  }
  return kept;
}
