import {
  type Affine,
  type Batch,
  type Gradients,
  type Statistics,
  sizeOf,
  type View,
  valuesPerChannel,
} from "@batchnorm/core";
import type { Disposable } from "../per-channel.js";
import { reshaped, type Tensor, type TensorFlow, tidied } from "../tfjs.js";
import { type AffineMap, affine, folded } from "./affine.js";
import { channelSums } from "./channel-sums.js";
import type { Counted, Engine, Needs, TensorPass, TrainingTerms } from "./engine.js";
import { fourDimensions } from "./four-dimensions.js";
import { shiftNear } from "./shift.js";
import {
  exportedMoments,
  importedMoments,
  keptMoments,
  mergedMoments,
  sumOf,
  type TensorMoments,
} from "./tensor-moments.js";
import type { Traits } from "./traits.js";

/** The two sums of the backward pass, `[channels]` each. */
export interface TensorSums extends Disposable {
  /** of dz */
  readonly dz: Tensor;
  /** of dz (x - mean) */
  readonly dzCentred: Tensor;
}

/** What the gradients of training are made of. */
interface GradientParts {
  readonly moments: Counted<TensorMoments>;
  readonly sums: Omit<TensorSums, "dispose">;
  /** x - shift */
  readonly centred: Tensor;
  readonly dz: Tensor;
}

/**
 * Batch normalization out of few kernels that every engine has. Full-size ones, with ReLU one more:
 *
 * - training: the sum of x; d = x - shift; its square; the sums of both; `d scale + offset`
 * - backward: d; dz d; the sums of dz and of that; `a dz`, `d slope + offset`, and their sum
 *
 * The shift is near the mean, so that data far from 0 keep their digits, as far as float32 sums can, and so that the
 * mean of d can be multiplied into the offset.
 */
export class ComposedEngine implements Engine<TensorMoments, TensorSums> {
  readonly differentiatesOnce = null;
  protected readonly tf: TensorFlow;
  readonly #traits: Traits;
  /** whether x is shifted, which takes two passes */
  protected readonly precise: boolean;

  constructor(tf: TensorFlow, traits: Traits, precise: boolean) {
    this.tf = tf;
    this.#traits = traits;
    this.precise = precise;
  }

  train(pass: TensorPass): { y: Tensor; moments: TensorMoments } {
    const { tf } = this;
    let moments: TensorMoments | null = null;
    const y = tf.tidy(() => {
      const { centred, ...parts } = this.statistics(pass);
      const result = this.activated(this.normalized(centred, pass, parts), pass);
      moments = keptMoments(tf, parts); // last, after all that can fail
      return result;
    });
    return { y, moments: moments as unknown as TensorMoments };
  }

  infer(pass: TensorPass, statistics: Statistics<Tensor>): Tensor {
    return this.tf.tidy(() => this.activated(this.inferred(pass, statistics), pass));
  }

  normalize(pass: TensorPass, { content }: Counted<TensorMoments>): Tensor {
    return this.tf.tidy(() => this.activated(this.normalized(this.centred(pass, content.shift), pass, content), pass));
  }

  moments(batch: Batch<Tensor>): TensorMoments {
    return tidied(this.tf, () => keptMoments(this.tf, this.statistics(batch)));
  }

  merge(parts: readonly Counted<TensorMoments>[], count: number, channels: number): TensorMoments {
    return mergedMoments(this.tf, parts, count, channels);
  }

  exportMoments(moments: Counted<TensorMoments>): Promise<Float64Array> {
    return exportedMoments(moments);
  }

  importMoments(values: Float64Array, channels: number): TensorMoments {
    return importedMoments(this.tf, values, channels);
  }

  gradientSums(pass: TensorPass, { content }: Counted<TensorMoments>, dy: Tensor): TensorSums {
    return tidied(this.tf, () => {
      const { centred, dz } = this.centredAndMasked(pass, content, dy);
      return this.#keptSums(this.#sums(dz, centred, pass.view, content.mean));
    });
  }

  mergeGradientSums(parts: readonly TensorSums[]): TensorSums {
    return tidied(this.tf, () =>
      this.#keptSums({
        dz: sumOf(
          this.tf,
          parts.map(({ dz }) => dz),
        ).clone(),
        dzCentred: sumOf(
          this.tf,
          parts.map(({ dzCentred }) => dzCentred),
        ).clone(),
      }),
    );
  }

  async exportGradientSums({ dz, dzCentred }: TensorSums): Promise<Float64Array> {
    const [first, second] = await Promise.all([dz.data(), dzCentred.data()]);
    return Float64Array.from([...first, ...second]);
  }

  importGradientSums(values: Float64Array, channels: number): TensorSums {
    const tensor = (part: Float64Array) => this.tf.tensor(Float32Array.from(part));
    return tidied(this.tf, () =>
      this.#keptSums({ dz: tensor(values.subarray(0, channels)), dzCentred: tensor(values.subarray(channels)) }),
    );
  }

  backwardOfTraining(
    pass: TensorPass,
    { moments, sums }: TrainingTerms<TensorMoments, TensorSums>,
    dy: Tensor,
    needs: Needs,
  ): Gradients<Tensor> {
    return tidied(this.tf, () => {
      if (sums === null && sizeOf(pass.view) === 0) return this.#gradientsOfNothing(pass, dy, needs);
      const { centred, dz } = this.centredAndMasked(pass, moments.content, dy);
      const by = sums ?? this.#sums(dz, centred, pass.view, moments.content.mean);
      return this.#gradients(pass, { moments, sums: by, centred, dz }, needs);
    });
  }

  backwardOfInference(pass: TensorPass, statistics: Statistics<Tensor>, dy: Tensor, needs: Needs): Gradients<Tensor> {
    const { tf } = this;
    const { view } = pass;
    return tidied(this.tf, () => {
      if (sizeOf(view) === 0) return this.#gradientsOfNothing(pass, dy, needs);
      const dz = this.masked(dy, pass, () => this.inferred(pass, statistics));
      const { scale } = this.#ofStatistics(statistics, pass);
      const dx = needs.dx ? this.affine(dz, view, { mean: null, scale, offset: null }) : null;
      if (!needs.affine) return { dx, dweight: null, dbias: null };
      const centred = this.centred(pass, statistics.mean);
      const sums = this.#sums(dz, centred, view, null);
      const dweight = tf.mul(sums.dzCentred, this.#invStd(statistics.variance, pass.eps));
      return { dx, ...parameterGradients(tf, pass, { dweight, dbias: sums.dz }) };
    });
  }

  moved(running: Statistics<Tensor>, { content, count }: Counted<TensorMoments>, weight: number, correction: 0 | 1) {
    const { tf } = this;
    const { shift, mean, variance } = content;
    const average = (before: Tensor, value: Tensor, factor: number) =>
      tf.tidy(
        () => tf.add(tf.mul(before, 1 - weight), reshaped(tf, tf.mul(value, weight * factor), before.shape)) as Tensor,
      );
    return {
      mean: tf.tidy(() => average(running.mean, shift === null ? mean : tf.add(shift, mean), 1)),
      variance: average(running.variance, variance, count / (count - correction)),
    };
  }

  saved({ shift, mean, variance }: TensorMoments): Tensor[] {
    return shift === null ? [mean, variance] : [mean, variance, shift];
  }

  restored([mean, variance, shift]: readonly Tensor[]): TensorMoments {
    return { shift: shift ?? null, mean: mean as Tensor, variance: variance as Tensor, dispose: () => {} };
  }

  /** x - shift */
  protected centred({ x, view }: Batch<Tensor>, shift: Tensor | null): Tensor {
    return shift === null ? x : this.affine(x, view, { mean: shift, scale: null, offset: null });
  }

  /** y of x - shift before ReLU; its mean is of the size of its deviations. */
  protected normalized(centred: Tensor, pass: TensorPass, moments: Pick<TensorMoments, "mean" | "variance">): Tensor {
    return this.affine(centred, pass.view, folded(this.tf, this.#ofStatistics(moments, pass)));
  }

  /** y of x before ReLU. */
  protected inferred(pass: TensorPass, statistics: Statistics<Tensor>): Tensor {
    return this.affine(pass.x, pass.view, this.#ofStatistics(statistics, pass));
  }

  /** What the backward pass of training reads: x - shift, and dy where ReLU let it through. */
  protected centredAndMasked(
    pass: TensorPass,
    content: TensorMoments,
    dy: Tensor,
  ): Readonly<Record<"centred" | "dz", Tensor>> {
    const centred = this.centred(pass, content.shift);
    return { centred, dz: this.masked(dy, pass, () => this.normalized(centred, pass, content)) };
  }

  /** z, and with ReLU max(z, 0), where a NaN stays NaN. */
  protected activated(z: Tensor, { activation }: Pick<TensorPass, "activation">): Tensor {
    if (activation !== "relu") return z;
    const { tf } = this;
    return this.#traits.relu === "relu" ? tf.relu(z) : tf.maximum(z, 0);
  }

  /** dy, and with ReLU 0 where z <= 0: where z is NaN the gradient passes. */
  protected masked(dy: Tensor, { view, activation }: TensorPass, forward: () => Tensor): Tensor {
    if (activation !== "relu") return dy;
    const { tf } = this;
    if (sizeOf(view) === 0) return dy;
    const { shape } = fourDimensions(dy.shape, view);
    const four = (tensor: Tensor) => tf.reshape(tensor, [...shape]) as Tensor; // webgl chooses in four dimensions at most
    const z = four(forward());
    return tf.reshape(tf.where(tf.lessEqual(z, 0), tf.zerosLike(z), four(dy)), dy.shape);
  }

  protected affine(x: Tensor, view: View, map: AffineMap): Tensor {
    if (sizeOf(view) === 0) return x.clone();
    return affine(this.tf, x, view, map, this.#traits.affine);
  }

  protected sums(x: Tensor, view: View): Tensor {
    if (sizeOf(view) === 0) return this.tf.zeros([view.channels]);
    return channelSums(this.tf, x, view, this.#traits.rowSums);
  }

  /** The moments of x, and x - shift. */
  protected statistics({ x, view }: Batch<Tensor>): Omit<TensorMoments, "dispose"> & { readonly centred: Tensor } {
    const { tf } = this;
    const shifts = this.precise && sizeOf(view) > 0;
    const shift = shifts ? shiftNear(tf, this.means(x, view), x, view, this.#traits.parts) : null;
    const centred = this.centred({ x, view }, shift);
    return { centred, shift, ...this.meanAndVariance(centred, view) };
  }

  /** Of values whose mean is of the size of their deviations. */
  protected meanAndVariance(x: Tensor, view: View): Readonly<Record<"mean" | "variance", Tensor>> {
    const { tf } = this;
    const mean = this.means(x, view);
    const squares = this.#perValue(this.squareSums(x, view), view);
    return { mean, variance: tf.maximum(tf.sub(squares, tf.square(mean)), 0) as Tensor };
  }

  /** The mean of each channel; of no values 0. */
  protected means(x: Tensor, view: View): Tensor {
    return this.#perValue(this.sums(x, view), view);
  }

  /** The sum of the squares of each channel. */
  protected squareSums(x: Tensor, view: View): Tensor {
    return this.sums(this.tf.mul(x, x), view); // webgl packs values for mul, not for square
  }

  #perValue(sums: Tensor, view: View): Tensor {
    return this.tf.div(sums, Math.max(1, valuesPerChannel(view)));
  }

  #invStd(variance: Tensor, eps: number): Tensor {
    const { tf } = this;
    return reshaped(tf, tf.rsqrt(tf.add(variance, eps)), [variance.size]);
  }

  /** z of x. */
  #ofStatistics({ mean, variance }: Statistics<Tensor>, { weight, bias, eps }: TensorPass) {
    const { tf } = this;
    const flat = (numbers: Tensor) => reshaped(tf, numbers, [numbers.size]);
    const invStd = this.#invStd(variance, eps);
    return {
      mean: flat(mean),
      scale: weight === null ? invStd : (tf.mul(invStd, flat(weight)) as Tensor),
      offset: bias === null ? null : flat(bias),
    } satisfies AffineMap;
  }

  /** Zeros, also where a mean or a variance is NaN. */
  #gradientsOfNothing(pass: TensorPass, dy: Tensor, needs: Needs): Gradients<Tensor> {
    const zeros = this.tf.zeros([pass.view.channels]) as Tensor;
    return {
      dx: needs.dx ? (dy.clone() as Tensor) : null,
      ...(needs.affine
        ? parameterGradients(this.tf, pass, { dweight: zeros, dbias: zeros })
        : { dweight: null, dbias: null }),
    };
  }

  /** @param mean of what is centred; null: 0 */
  #sums(dz: Tensor, centred: Tensor, view: View, mean: Tensor | null): Omit<TensorSums, "dispose"> {
    const { tf } = this;
    const sum = this.sums(dz, view);
    const product = this.sums(tf.mul(dz, centred), view);
    return {
      dz: sum,
      dzCentred: mean === null || sizeOf(view) === 0 ? product : (tf.sub(product, tf.mul(mean, sum)) as Tensor),
    };
  }

  #keptSums(sums: Omit<TensorSums, "dispose">): TensorSums {
    const { tf } = this;
    const dz = tf.keep(sums.dz);
    const dzCentred = tf.keep(sums.dzCentred);
    return { dz, dzCentred, dispose: () => tf.dispose([dz, dzCentred]) };
  }

  /**
   *     dx = a dz - k (d - mean) - a sum(dz) / m,   a = gamma / s,   k = a sum(dz (x - mean)) / (m s^2)
   */
  #gradients(pass: TensorPass, { moments, sums, centred, dz }: GradientParts, needs: Needs): Gradients<Tensor> {
    const { content, count } = moments;
    const { view } = pass;
    const { tf } = this;
    const invStd = this.#invStd(content.variance, pass.eps);
    const dweight = tf.mul(sums.dzCentred, invStd) as Tensor;
    const parameters = needs.affine
      ? parameterGradients(tf, pass, { dweight, dbias: sums.dz })
      : { dweight: null, dbias: null };
    if (!needs.dx) return { dx: null, ...parameters };
    const { scale } = this.#ofStatistics(content, pass);
    const share = tf.div(scale, -Math.max(1, count));
    const slope = tf.mul(share, tf.mul(dweight, invStd)) as Tensor;
    const offset = tf.mul(share, sums.dz) as Tensor;
    const own = this.affine(dz, view, { mean: null, scale, offset: null });
    const shared = this.affine(centred, view, folded(tf, { mean: content.mean, scale: slope, offset }));
    return { dx: tf.add(own, shared) as Tensor, ...parameters };
  }
}

/** The gradients of the parameters that there are, in their shapes: tensors of their own, as sums may be used again. */
export function parameterGradients(
  tf: TensorFlow,
  { weight, bias }: Affine<Tensor>,
  { dweight, dbias }: { readonly dweight: Tensor; readonly dbias: Tensor },
): Pick<Gradients<Tensor>, "dweight" | "dbias"> {
  return {
    dweight: weight === null ? null : tf.reshape(dweight, weight.shape),
    dbias: bias === null ? null : tf.reshape(dbias, bias.shape),
  };
}
