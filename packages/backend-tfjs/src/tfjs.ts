import type * as core from "@tensorflow/tfjs-core";

/** A tensor of TensorFlow.js. */
export type Tensor = core.Tensor;

/** A tensor of TensorFlow.js that can be assigned, and that `tf.tidy` leaves alone. */
export type Variable = core.Variable;

/**
 * What this backend uses of TensorFlow.js. `@tensorflow/tfjs-core`, `@tensorflow/tfjs` and `@tensorflow/tfjs-node` all
 * are one.
 */
export type TensorFlow = Pick<
  typeof core,
  | "abs"
  | "add"
  | "backend"
  | "broadcastTo"
  | "customGrad"
  | "dispose"
  | "div"
  | "engine"
  | "gather"
  | "getBackend"
  | "keep"
  | "lessEqual"
  | "matMul"
  | "maximum"
  | "memory"
  | "mul"
  | "neg"
  | "ones"
  | "ready"
  | "relu"
  | "reshape"
  | "rsqrt"
  | "scalar"
  | "slice"
  | "square"
  | "sub"
  | "sum"
  | "tensor"
  | "tidy"
  | "variable"
  | "where"
  | "zeros"
  | "zerosLike"
  | "Variable"
>;

/** `tf.tidy`, also for results that hold other things than tensors. */
export function tidied<Result>(tf: TensorFlow, work: () => Result): Result {
  return tf.tidy(work as () => never);
}

/**
 * The tensor in another shape; itself where it has that shape, which saves small tensors a good part of their time. So it
 * is for what is used up inside a `tf.tidy`, or was made there.
 */
export function reshaped(tf: TensorFlow, tensor: Tensor, shape: readonly number[]): Tensor {
  const { rank } = tensor;
  const same = rank === shape.length && tensor.shape.every((size, axis) => size === shape[axis]);
  return same ? tensor : tf.reshape(tensor, [...shape]);
}

/** Whether a tape records now; outside one the bookkeeping of a gradient costs a small tensor a fifth of its time. */
export function isOnTape(tf: TensorFlow): boolean {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Does work that no tape records. */
export function offTape<Result>(tf: TensorFlow, work: () => Result): Result {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return work();
  } finally {
    state.kernelDepth--;
  }
}
