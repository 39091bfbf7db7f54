import type { Disposable } from "../per-channel.js";
import { type Tensor, type TensorFlow, tidied } from "../tfjs.js";
import type { Counted } from "./engine.js";

/** The moments of a batch as tensors of one number per channel. The mean is `shift + mean`, in two parts. */
export interface TensorMoments extends Disposable {
  /** near the mean, and finite; what x is shifted by before it is summed; null: 0 */
  readonly shift: Tensor | null;
  /** of x - shift */
  readonly mean: Tensor;
  /** biased */
  readonly variance: Tensor;
}

/** Moments of tensors that are kept until they are disposed. */
export function keptMoments(tf: TensorFlow, parts: Omit<TensorMoments, "dispose">): TensorMoments {
  const shift = parts.shift === null ? null : tf.keep(parts.shift);
  const mean = tf.keep(parts.mean);
  const variance = tf.keep(parts.variance);
  return { shift, mean, variance, dispose: () => tf.dispose([shift, mean, variance] as Tensor[]) };
}

/**
 * The moments of a whole from those of its parts, about the first part's shift K:
 *
 *     d        = sum n_i (mean_i - K) / n
 *     variance = sum n_i (variance_i + (mean_i - K - d)^2) / n
 *
 * Source: Chan, Golub, LeVeque 1979, for any number of parts at once.
 */
export function mergedMoments(
  tf: TensorFlow,
  parts: readonly Counted<TensorMoments>[],
  count: number,
  channels: number,
): TensorMoments {
  return tidied(tf, () => {
    const filled = parts.filter((part) => part.count > 0);
    const [first] = filled;
    if (first === undefined) {
      return keptMoments(tf, {
        shift: null,
        mean: tf.zeros([channels]),
        variance: tf.zeros([channels]),
      });
    }
    const shiftOf = ({ shift }: TensorMoments) => shift ?? tf.zeros([channels]);
    const shift = shiftOf(first.content);
    const about = filled.map(({ content, count: own }) => ({
      share: own / count,
      distance: tf.add(tf.sub(shiftOf(content), shift), content.mean) as Tensor,
      variance: content.variance,
    }));
    const mean = sumOf(
      tf,
      about.map(({ share, distance }) => tf.mul(distance, share)),
    );
    const variance = sumOf(
      tf,
      about.map((part) => tf.mul(tf.add(part.variance, tf.square(tf.sub(part.distance, mean))), part.share)),
    );
    return keptMoments(tf, { shift: shift.clone(), mean, variance });
  });
}

/** `[count, means..., their low parts..., sums of squared deviations...]` in float64. */
export async function exportedMoments({ content, count }: Counted<TensorMoments>): Promise<Float64Array> {
  const [shift, mean, variance] = await Promise.all([
    content.shift?.data(),
    content.mean.data(),
    content.variance.data(),
  ]);
  const channels = mean.length;
  const values = new Float64Array(1 + 3 * channels);
  values[0] = count;
  for (let c = 0; c < channels; c++) {
    const high = shift?.[c] ?? 0;
    const low = mean[c] as number;
    const sum = high + low;
    const left = high - sum + low;
    values[1 + c] = sum;
    values[1 + channels + c] = Number.isFinite(left) ? left : 0;
    values[1 + 2 * channels + c] = count * (variance[c] as number);
  }
  return values;
}

export function importedMoments(tf: TensorFlow, values: Float64Array, channels: number): TensorMoments {
  const [count] = values as unknown as [number];
  const high = values.subarray(1, 1 + channels);
  const low = values.subarray(1 + channels, 1 + 2 * channels);
  const m2 = values.subarray(1 + 2 * channels);
  const each = (of: (c: number) => number) => tf.tensor(Float32Array.from({ length: channels }, (_, c) => of(c)));
  const shift = (c: number) => (Number.isFinite(Math.fround(high[c] as number)) ? Math.fround(high[c] as number) : 0);
  const rest = (c: number) => (high[c] as number) - shift(c) + (low[c] as number);
  return tidied(tf, () =>
    keptMoments(tf, {
      shift: each(shift),
      mean: each(rest),
      variance: each((c) => (count === 0 ? 0 : (m2[c] as number) / count)),
    }),
  );
}

/** The sum of tensors of one shape. */
export function sumOf(tf: TensorFlow, terms: readonly Tensor[]): Tensor {
  return terms.reduce((sum, term) => tf.add(sum, term));
}
