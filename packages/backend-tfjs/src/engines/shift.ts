import type { View } from "@batchnorm/core";
import type { Tensor, TensorFlow } from "../tfjs.js";
import { fourDimensions, perChannelShape } from "./four-dimensions.js";
import type { Traits } from "./traits.js";

/** A first value that is nearer to the mean than this share of it is the shift: equal values then deviate by 0, exactly. */
const near = 2 ** -17;

/** The largest float32. A mean that is not finite is no shift. */
const largest = (2 - 2 ** -23) * 2 ** 127;

/**
 * What x is shifted by before it is summed: its mean as one float32 sum gives it, or the first value where that is near.
 *
 * A mean of a part of the batch would be quicker, but leaves deviations of which it is not the mean: that took up to
 * seven times more from the digits of the parameters' gradients.
 */
export function shiftNear(tf: TensorFlow, mean: Tensor, x: Tensor, view: View, how: Traits["parts"]): Tensor {
  const about = tf.where(tf.lessEqual(tf.abs(mean), largest), mean, tf.zerosLike(mean));
  const first = firstValues(tf, x, view, how);
  const isNear = tf.lessEqual(tf.abs(tf.sub(first, about)), tf.mul(tf.abs(about), near));
  return tf.where(isNear, first, about);
}

/** Of each channel, `[channels]`. */
function firstValues(tf: TensorFlow, x: Tensor, view: View, how: Traits["parts"]): Tensor {
  const { outer, channels, inner } = view;
  if (how === "slice") {
    const four = fourDimensions(x.shape, view);
    return tf.reshape(tf.slice(tf.reshape(x, [...four.shape]), [0, 0, 0, 0], perChannelShape(four)), [channels]);
  }
  const places = Int32Array.from({ length: channels }, (_, channel) => channel * inner);
  return tf.gather(tf.reshape(x, [outer * channels * inner]), tf.tensor(places, [channels], "int32") as never);
}
