import type { View } from "@batchnorm/core";
import type { Tensor, TensorFlow } from "../tfjs.js";
import type { Traits } from "./traits.js";

/** From this length on a float32 sum is made in stages. */
const longestSum = 256;

/**
 * The sum of each channel, `[channels]`. Inside `tf.tidy`.
 *
 * First along what lies side by side, then over the rest by a product with ones, in several stages: `tf.sum` over other
 * axes than the last transposes the whole tensor first, and one long float32 sum loses digits.
 */
export function channelSums(
  tf: TensorFlow,
  x: Tensor,
  { outer, channels, inner }: View,
  how: Traits["rowSums"] = "product",
): Tensor {
  if (channels === 1) return sumsOfRuns(tf, x, 1, outer * inner);
  return sumOfRows(tf, inner === 1 ? x : sumsOfRuns(tf, x, outer * channels, inner), outer, channels, how);
}

/** The sums of `runs` runs of `length` values each, `[runs]`. */
function sumsOfRuns(tf: TensorFlow, x: Tensor, runs: number, length: number): Tensor {
  if (length === 1) return tf.reshape(x, [runs]);
  const part = partOf(length);
  if (part === length) return tf.sum(tf.reshape(x, [runs, length]), 1);
  if (part !== null) return sumsOfRuns(tf, tf.sum(tf.reshape(x, [-1, part]), 1), runs, length / part);
  const even = length - (length % longestSum);
  const whole = tf.reshape(x, [runs, length]);
  return tf.add(
    sumsOfRuns(tf, tf.slice(whole, [0, 0], [runs, even]), runs, even),
    sumsOfRuns(tf, tf.slice(whole, [0, even], [runs, length - even]), runs, length - even),
  );
}

/** The sum of `rows` rows of one value for each channel, `[channels]`. */
function sumOfRows(tf: TensorFlow, x: Tensor, rows: number, channels: number, how: Traits["rowSums"]): Tensor {
  if (rows === 1) return tf.reshape(x, [channels]);
  const part = partOf(rows);
  if (part !== null) {
    const left = rows / part;
    // what is added up lies `left` rows apart, so that each product is one pass over contiguous memory
    const parts = tf.reshape(x, [part, left * channels]) as never;
    const sums =
      how === "product" ? tf.matMul(tf.ones([1, part]), parts) : tf.matMul(parts, tf.ones([part, 1]) as never, true);
    return sumOfRows(tf, sums, left, channels, how);
  }
  const even = rows - (rows % longestSum);
  const whole = tf.reshape(x, [rows, channels]);
  return tf.add(
    sumOfRows(tf, tf.slice(whole, [0, 0], [even, channels]), even, channels, how),
    sumOfRows(tf, tf.slice(whole, [even, 0], [rows - even, channels]), rows - even, channels, how),
  );
}

/** How many of so many terms are added up at once: all, or the divisor that leaves the shortest stages; null: there is none. */
export function partOf(count: number): number | null {
  if (count <= longestSum) return count;
  const root = Math.sqrt(count);
  for (let part = Math.floor(Math.min(root, longestSum)); part >= 8; part--) if (count % part === 0) return part;
  return null;
}
