import { type Affine, type Gradients, sizeOf, type View } from "@batchnorm/core";
import { type Tensor, type TensorFlow, tidied } from "../tensor-flow.js";
import { ComposedEngine, parameterGradients } from "./composed.js";
import type { Counted, GradientOptions, PassOptions } from "./engine.js";
import { shiftNear } from "./shift.js";
import { keptMoments, type TensorMoments } from "./tensor-moments.js";
import { traitsOf } from "./traits.js";

/** The part of `@tensorflow/tfjs-node`'s engine that runs an operation of TensorFlow by its name. */
export interface TensorFlowBackend {
  readonly binding: Readonly<
    Record<"TF_ATTR_BOOL" | "TF_ATTR_FLOAT" | "TF_ATTR_STRING" | "TF_ATTR_TYPE" | "TF_FLOAT", number>
  >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly { name: string; type: number; value: unknown }[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

/** Whether the engine runs operations of TensorFlow by their names, as that of tfjs-node does. */
export function isTensorFlow(engine: unknown): engine is TensorFlowBackend {
  const { binding, executeMultipleOutputs } = engine as Partial<TensorFlowBackend>;
  return typeof executeMultipleOutputs === "function" && typeof binding?.TF_ATTR_FLOAT === "number";
}

/**
 * The forward kernel adds up one by one in float32. Of values of which most are 0 its variance is off by 1e-5 over 2048
 * rows, by 2e-3 over 400,000: longer channels are summed here.
 */
const mostRows = 2048;

/** A mean of more standard deviations than this is far from 0: x - mean loses as many times more of its digits. */
const farDeviations = 4;

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

/** Whether each row has a value of each channel, and there is one: an empty batch gives the kernels NaN. */
function isRows({ outer, inner }: View): boolean {
  return inner === 1 && outer > 0;
}

/**
 * TensorFlow's fused kernels for training where channels are last, which of any rank is a view that they take:
 * `FusedBatchNormGradV3`, and `FusedBatchNormV3` where it is exact enough, or asked for. All else out of few kernels.
 *
 * Data are shifted only where a channel turns out to be far from 0.
 */
export class TensorFlowEngine extends ComposedEngine {
  readonly #engine: TensorFlowBackend;

  constructor(tf: TensorFlow, engine: TensorFlowBackend, precise: boolean) {
    super(tf, traitsOf("tensorflow"), precise);
    this.#engine = engine;
  }

  override train(x: Tensor, view: View, p: Affine<Tensor>, o: PassOptions): { y: Tensor; moments: TensorMoments } {
    if (!isRows(view) || (this.precise && view.outer > mostRows)) return super.train(x, view, p, o);
    const { tf } = this;
    let moments: TensorMoments | null = null;
    const y = tf.tidy(() => {
      const about = this.#fused(x, view, p, o.eps);
      const shift = this.#shiftWhereFar(about, x, view);
      const { z, mean, variance } = shift === null ? about : this.#fused(this.centred(x, view, shift), view, p, o.eps);
      const result = tf.reshape(o.activation === null ? z : tf.relu(z), x.shape);
      moments = keptMoments(tf, { shift, mean, variance });
      return result;
    });
    return { y, moments: moments as unknown as TensorMoments };
  }

  protected override statistics(x: Tensor, view: View) {
    if (!this.precise || sizeOf(view) === 0) return super.statistics(x, view);
    const about = this.#meanAndVariance(x, view);
    const shift = this.#shiftWhereFar(about, x, view);
    if (shift === null) return { centred: x, shift, ...about };
    const centred = this.centred(x, view, shift);
    return { centred, shift, ...this.#meanAndVariance(centred, view) };
  }

  override backwardOfTraining(
    dy: Tensor,
    x: Tensor,
    view: View,
    moments: Counted<TensorMoments>,
    p: Affine<Tensor>,
    o: GradientOptions,
  ): Gradients<Tensor> {
    if (!isRows(view)) return super.backwardOfTraining(dy, x, view, moments, p, o);
    const { tf } = this;
    const { shift, mean, variance } = moments.content;
    return tidied(tf, () => {
      const centred = this.centred(x, view, shift);
      const dz =
        o.activation === null ? dy : this.masked(dy, centred, view, this.ofMoments(moments.content, p, o.eps), o);
      const { weight } = this.#parameters(p, view);
      const empty = tf.tensor([], [0], "float32") as Tensor;
      const inputs = [this.#asRows(dz, view), this.#asRows(centred, view), weight, mean, variance, empty];
      const outputs = this.#engine.executeMultipleOutputs("FusedBatchNormGradV3", this.#attributes(o.eps), inputs, 5);
      const [dx, dweight, dbias] = outputs as [Tensor, Tensor, Tensor];
      return {
        dx: o.needs.dx ? tf.reshape(dx, x.shape) : null,
        ...(o.needs.affine ? parameterGradients(tf, p, { dweight, dbias }) : { dweight: null, dbias: null }),
      };
    });
  }

  #meanAndVariance(x: Tensor, view: View) {
    const { tf } = this;
    const { outer, channels, inner } = view;
    const mean = this.means(x, view);
    const squares = tf.squaredDifference(tf.reshape(x, [outer, channels, inner]), tf.reshape(mean, [1, channels, 1]));
    return { mean, variance: this.means(squares, view) };
  }

  /** The shift of channels that are far from 0, and 0 for the others, which leaves them as they are, to the bit; null: none is far. */
  #shiftWhereFar({ mean, variance }: { mean: Tensor; variance: Tensor }, x: Tensor, view: View): Tensor | null {
    const { tf } = this;
    const far = this.precise ? farFromZero(mean, variance) : null;
    if (far === null) return null;
    return tf.where(tf.tensor([...far], [far.length], "bool"), shiftNear(tf, mean, x, view), tf.zerosLike(mean));
  }

  #fused(x: Tensor, view: View, p: Affine<Tensor>, eps: number) {
    const { weight, bias } = this.#parameters(p, view);
    const empty = this.tf.tensor([], [0], "float32") as Tensor;
    const inputs = [this.#asRows(x, view), weight, bias, empty, empty];
    // outputs: y, mean, unbiased variance, then what the gradient takes: mean, biased variance, nothing
    const outputs = this.#engine.executeMultipleOutputs("FusedBatchNormV3", this.#attributes(eps), inputs, 6);
    const [z, mean, , , variance] = outputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
    return { z, mean, variance };
  }

  #asRows(x: Tensor, { outer, channels }: View): Tensor {
    return this.tf.reshape(x, [outer, 1, 1, channels]);
  }

  #parameters({ weight, bias }: Affine<Tensor>, { channels }: View) {
    const { tf } = this;
    return {
      weight: (weight === null ? tf.ones([channels]) : tf.reshape(weight, [channels])) as Tensor,
      bias: (bias === null ? tf.zeros([channels]) : tf.reshape(bias, [channels])) as Tensor,
    };
  }

  #attributes(eps: number) {
    const { TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_TYPE, TF_FLOAT } = this.#engine.binding;
    return [
      { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "U", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "epsilon", type: TF_ATTR_FLOAT, value: eps },
      { name: "data_format", type: TF_ATTR_STRING, value: "NHWC" },
      { name: "is_training", type: TF_ATTR_BOOL, value: true },
    ];
  }
}
