import type { View } from "@batchnorm/core";
import { reshaped, type Tensor, type TensorFlow } from "../tfjs.js";
import { fourDimensions, perChannelShape } from "./four-dimensions.js";
import type { Traits } from "./traits.js";

/** Numbers by channel, `[channels]` each; null stands for mean 0, scale 1, offset 0. */
export interface AffineMap {
  readonly mean: Tensor | null;
  readonly scale: Tensor | null;
  readonly offset: Tensor | null;
}

/** The same map without a mean, for x whose mean is of the size of its deviations: it loses digits where that is larger. */
export function folded(tf: TensorFlow, { mean, scale, offset }: AffineMap & { readonly mean: Tensor }): AffineMap {
  const scaled = scale === null ? mean : tf.mul(mean, scale);
  return { mean: null, scale, offset: (offset === null ? tf.neg(scaled) : tf.sub(offset, scaled)) as Tensor };
}

/** `(x - mean) scale + offset`, in the shape of x. Inside `tf.tidy`. */
export function affine(tf: TensorFlow, x: Tensor, view: View, map: AffineMap, how: Traits["affine"]): Tensor {
  if (how === "arithmetic") return reshaped(tf, byArithmetic(tf, x, view, map), x.shape);
  return reshaped(tf, byBatchNorm(tf, x, view, map, how), x.shape);
}

function byArithmetic(tf: TensorFlow, x: Tensor, { outer, channels, inner }: View, map: AffineMap): Tensor {
  const each = (numbers: Tensor) => tf.reshape(numbers, [1, channels, 1]);
  let y = tf.reshape(x, [outer, channels, inner]) as Tensor;
  if (map.mean !== null) y = tf.sub(y, each(map.mean));
  if (map.scale !== null) y = tf.mul(y, each(map.scale));
  if (map.offset !== null) y = tf.add(y, each(map.offset));
  return y;
}

/** One pass of the kernel of `tf.batchNorm`, with variance 1 and eps 0. */
function byBatchNorm(
  tf: TensorFlow,
  x: Tensor,
  view: View,
  { mean, scale, offset }: AffineMap,
  how: "modulo" | "broadcast",
): Tensor {
  const { channels, inner } = view;
  const four = fourDimensions(x.shape, view);
  const each = (numbers: Tensor): Tensor => {
    if (how === "broadcast") return tf.reshape(numbers, perChannelShape(four));
    if (inner === 1) return numbers;
    return tf.reshape(tf.broadcastTo(tf.reshape(numbers, [channels, 1]), [channels, inner]), [channels * inner]);
  };
  const one = (make: (shape: number[]) => Tensor) => make(how === "broadcast" ? [1, 1, 1, 1] : [1]);
  const inputs = {
    x: tf.reshape(x, [...four.shape]) as Tensor,
    mean: mean === null ? one(tf.zeros) : each(mean),
    variance: one(tf.ones),
    scale: scale === null ? one(tf.ones) : each(scale),
    offset: offset === null ? one(tf.zeros) : each(offset),
  };
  return tf.engine().runKernel("FusedBatchNorm", inputs, { varianceEpsilon: 0 }) as Tensor;
}
