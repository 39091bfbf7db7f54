import { type Batch, type Gradients, type Statistics, sizeOf, type View, valuesPerChannel } from "@batchnorm/core";
import { reshaped, type Tensor, type TensorFlow, tidied } from "../tfjs.js";
import { partOf } from "./channel-sums.js";
import { ComposedEngine, parameterGradients, type TensorSums } from "./composed.js";
import type { Needs, TensorPass, TrainingTerms } from "./engine.js";
import { shiftNear } from "./shift.js";
import { keptMoments, type TensorMoments } from "./tensor-moments.js";
import { type TensorFlowBackend, TensorFlowOperations } from "./tensorflow-operations.js";
import { traitsOf } from "./traits.js";

/**
 * The forward kernel adds up one by one in float32. Of values of which most are 0 its variance is off by 1e-5 over 2048,
 * by 2e-3 over 400,000: longer channels are summed here.
 */
const mostValues = 2048;

/** A mean of more standard deviations than this is far from 0: the squares then are that much larger than the variance, squared. */
const farDeviations = 2;

/** Which channels are far from 0; null: none. Tensors of TensorFlow lie in host memory: reading a few numbers is quick. */
function farFromZero(mean: Tensor, variance: Tensor): readonly boolean[] | null {
  const means = mean.dataSync<"float32">();
  const variances = variance.dataSync<"float32">();
  const far = Array.from(means, (m, c) => !(m * m <= farDeviations ** 2 * finite(variances[c] as number)));
  return far.includes(true) ? far : null;
}

/** Squares that overflow say nothing of the deviations. */
function finite(variance: number): number {
  return variance === Infinity ? Number.NaN : variance;
}

/** Norms save a tensor of the squares; a root that is squared again costs digits, and below this size more than that. */
const normsFrom = 2 ** 16;

/** Whether each row has a value of each channel, and there is one: an empty batch gives the kernels NaN. */
function isRows({ outer, inner }: View): boolean {
  return inner === 1 && outer > 0;
}

/**
 * TensorFlow's fused kernels where channels are last, which of any rank is a view that they take: `FusedBatchNormGradV3`,
 * `FusedBatchNormV3` for inference and to apply statistics, and to find them where it is exact enough, or asked for. For
 * channels first only those of training, and only oneDNN's: TensorFlow's own would transpose. All else out of few kernels.
 *
 * Data are shifted only where a channel turns out to be far from 0.
 */
export class TensorFlowEngine extends ComposedEngine {
  readonly #operations: TensorFlowOperations;

  constructor(tf: TensorFlow, engine: TensorFlowBackend, precise: boolean) {
    super(tf, traitsOf("tensorflow"), precise);
    this.#operations = new TensorFlowOperations(tf, engine);
  }

  override train(pass: TensorPass): { y: Tensor; moments: TensorMoments } {
    if (!this.#trainsFused(pass.view)) return super.train(pass);
    const { tf } = this;
    let moments: TensorMoments | null = null;
    const y = tf.tidy(() => {
      const about = this.#operations.train(pass);
      const shift = this.#shiftWhereFar(about, pass);
      const { z, mean, variance } =
        shift === null ? about : this.#operations.train({ ...pass, x: this.centred(pass, shift) });
      const result = this.activated(z, pass);
      moments = keptMoments(tf, { shift, mean, variance });
      return result;
    });
    return { y, moments: moments as unknown as TensorMoments };
  }

  override backwardOfTraining(
    pass: TensorPass,
    terms: TrainingTerms<TensorMoments, TensorSums>,
    dy: Tensor,
    needs: Needs,
  ): Gradients<Tensor> {
    if (terms.sums !== null || !this.#isFused(pass.view)) return super.backwardOfTraining(pass, terms, dy, needs);
    const { content } = terms.moments;
    return tidied(this.tf, () => {
      const { centred, dz } = this.centredAndMasked(pass, content, dy);
      const { dx, dweight, dbias } = this.#operations.gradients({ ...pass, x: centred }, content, dz);
      return {
        dx: needs.dx ? dx : null,
        ...(needs.affine ? parameterGradients(this.tf, pass, { dweight, dbias }) : { dweight: null, dbias: null }),
      };
    });
  }

  protected override statistics(batch: Batch<Tensor>) {
    const { x, view } = batch;
    if (!this.precise || sizeOf(view) === 0) return super.statistics(batch);
    const about = this.meanAndVariance(x, view);
    const shift = this.#shiftWhereFar(about, batch);
    if (shift === null) return { centred: x, shift, ...about };
    const centred = this.centred(batch, shift);
    return { centred, shift, ...this.meanAndVariance(centred, view) };
  }

  protected override normalized(
    centred: Tensor,
    pass: TensorPass,
    moments: Pick<TensorMoments, "mean" | "variance">,
  ): Tensor {
    return isRows(pass.view) || this.#trainsFused(pass.view)
      ? this.#operations.infer({ ...pass, x: centred }, moments)
      : super.normalized(centred, pass, moments);
  }

  protected override inferred(pass: TensorPass, statistics: Statistics<Tensor>): Tensor {
    return isRows(pass.view) ? this.#operations.infer(pass, statistics) : super.inferred(pass, statistics);
  }

  protected override squareSums(x: Tensor, view: View): Tensor {
    const { tf } = this;
    const { outer, channels, inner } = view;
    const part = partOf(inner === 1 ? outer : inner);
    if (part === null || sizeOf(view) < normsFrom) return super.squareSums(x, view);
    const norms =
      inner === 1
        ? this.#operations.norms(reshaped(tf, x, [part, (outer / part) * channels]), 0)
        : this.#operations.norms(reshaped(tf, x, [(outer * channels * inner) / part, part]), 1);
    const left = inner === 1 ? { outer: outer / part, channels, inner } : { outer, channels, inner: inner / part };
    return this.sums(tf.square(norms), left);
  }

  /** Whether the fused kernel makes y in training, and has to make it again where ReLU's mask is. */
  #trainsFused(view: View): boolean {
    return this.#isFused(view) && !(this.precise && valuesPerChannel(view) > mostValues);
  }

  /** Whether there are fused kernels for training; an empty batch would give them NaN. */
  #isFused(view: View): boolean {
    return isRows(view) || (this.#operations.oneDnn && sizeOf(view) > 0);
  }

  /** The shift of channels that are far from 0, and 0 for the others, which leaves them as they are, to the bit; null: none is far. */
  #shiftWhereFar({ mean, variance }: Statistics<Tensor>, { x, view }: Batch<Tensor>): Tensor | null {
    const { tf } = this;
    const far = this.precise ? farFromZero(mean, variance) : null;
    if (far === null) return null;
    return tf.where(
      tf.tensor([...far], [far.length], "bool"),
      shiftNear(tf, mean, x, view, "slice"),
      tf.zerosLike(mean),
    );
  }
}
