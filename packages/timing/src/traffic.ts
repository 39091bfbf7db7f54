import { type DType, sizeOf, type View } from "@batchnorm/core";
import type { TimedOperation } from "./operations.js";

/**
 * What is counted for GB/s: the full-size tensors that an operation has to read and write where x does not stay in a
 * cache. It is the same for everyone, so that GB/s compare; who moves more, has fewer. Whatever has a value per channel
 * only is left out.
 *
 * | operation | reads | writes |
 * |-|-|-|
 * | forward in training | x for the statistics, x to normalize | y |
 * | backward | x and dy for the sums, x and dy to apply them | dx |
 * | inference | x | y |
 */
const tensorsMoved: Readonly<Record<TimedOperation, number>> = {
  train: 2 + 1,
  backward: 4 + 1,
  step: 2 + 1 + 4 + 1,
  infer: 1 + 1,
};

/** The counted traffic in words, by operation. */
export const trafficNotes: Readonly<Record<TimedOperation, string>> = {
  train: "x read twice, y written",
  backward: "x and dy read twice, dx written",
  step: "x read four times, dy twice, y and dx written",
  infer: "x read once, y written",
};

/** The bytes of a tensor. */
export function bytesOf(view: View, dtype: DType): number {
  return sizeOf(view) * (dtype === "float64" ? 8 : 4);
}

/** The bytes that an operation has to move. */
export function bytesMoved(operation: TimedOperation, view: View, dtype: DType): number {
  return tensorsMoved[operation] * bytesOf(view, dtype);
}

/** GB/s, 10^9 bytes per second */
export function gigabytesPerSecond(bytes: number, milliseconds: number): number {
  return bytes / milliseconds / 1e6;
}
