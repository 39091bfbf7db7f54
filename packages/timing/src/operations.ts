import type { Activation } from "@batchnorm/core";

/**
 * What is timed.
 *
 * - "step": forward in training, then backward to dx, dweight and dbias; running statistics move
 * - "train": forward in training; running statistics move
 * - "backward": backward of a forward in training that has been done, to dx, dweight and dbias
 * - "infer": forward by the running statistics
 */
export const timedOperations = ["step", "train", "backward", "infer"] as const;

export type TimedOperation = (typeof timedOperations)[number];

/** The operations as people read them. */
export const operationNames: Readonly<Record<TimedOperation, string>> = {
  step: "training step",
  train: "training forward",
  backward: "backward",
  infer: "inference",
};

/** Whether each run makes new results, or writes them where the one before it did. */
export const outputKinds = ["fresh", "reused"] as const;

export type Outputs = (typeof outputKinds)[number];

/** One thing to time on a case. */
export interface TimedTask {
  readonly operation: TimedOperation;
  readonly activation: Activation;
  readonly outputs: Outputs;
}

/** An operation as most use it. */
export function plain(operation: TimedOperation): TimedTask {
  return { operation, activation: null, outputs: "fresh" };
}

/** `training step`, `inference with ReLU, outputs reused` */
export function taskName({ operation, activation, outputs }: TimedTask): string {
  const relu = activation === null ? "" : " with ReLU";
  return `${operationNames[operation]}${relu}${outputs === "fresh" ? "" : ", outputs reused"}`;
}
