/**
 * What is timed.
 *
 * - "step": forward in training, then backward to dx, dweight and dbias; running statistics move
 * - "train": forward in training; running statistics move
 * - "infer": forward by the running statistics
 */
export const timedOperations = ["step", "train", "infer"] as const;

export type TimedOperation = (typeof timedOperations)[number];

/** The operations as people read them. */
export const operationNames: Readonly<Record<TimedOperation, string>> = {
  step: "training step",
  train: "training forward",
  infer: "inference",
};
