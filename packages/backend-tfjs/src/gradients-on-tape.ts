import { type Gradients, OptionError, type Statistics, sizeOf, valuesPerChannel } from "@batchnorm/core";
import { channelSums } from "./engines/channel-sums.js";
import { parameterGradients } from "./engines/composed.js";
import type { Needs, TensorPass } from "./engines/engine.js";
import { offTape, type Tensor, type TensorFlow } from "./tfjs.js";

/** A backward pass: all that its gradients are functions of, and which are asked for. */
export interface Backward {
  readonly pass: TensorPass;
  readonly dy: Tensor;
  /** null: those of x */
  readonly statistics: Statistics<Tensor> | null;
  readonly needs: Needs;
}

/**
 * The gradients of a pass out of operations that the tape records and differentiates in turn, to any order. With the
 * batch's statistics these are functions of x here, and with d = x - mean, m values per channel and s = sqrt(variance + eps):
 *
 *     dweight = sum dz d / s      dbias = sum dz
 *     dx = weight / s (dz - dbias / m - d / s dweight / m)
 *
 * By given statistics, which are constants, `dx = weight / s dz`. Many passes over x: an engine's kernels are for the
 * gradients that nobody differentiates.
 */
export function gradientsOnTape(tf: TensorFlow, backward: Backward): Gradients<Tensor> {
  const { pass, dy, statistics, needs } = backward;
  const { x, view, weight, bias, eps, activation } = pass;
  if (sizeOf(view) === 0) return gradientsOfNothing(tf, backward);
  const { outer, channels, inner } = view;
  const batch = (tensor: Tensor) => tf.reshape(tensor, [outer, channels, inner]) as Tensor;
  const each = (numbers: Tensor) => tf.reshape(numbers, [1, channels, 1]) as Tensor;
  const sums = (tensor: Tensor) => channelSums(tf, tensor, view);
  const means = (tensor: Tensor) => tf.div(sums(tensor), valuesPerChannel(view)) as Tensor;
  const less = (tensor: Tensor, numbers: Tensor) => tf.sub(tensor, each(numbers)) as Tensor;
  const centred = (tensor: Tensor) => less(tensor, means(tensor));

  // twice, since a float32 mean of data far from 0 leaves one
  const d = statistics === null ? centred(centred(batch(x))) : less(batch(x), statistics.mean);
  const variance = statistics === null ? means(tf.square(d)) : statistics.variance;
  const invStd = each(tf.rsqrt(tf.add(variance, eps)));
  const xHat = tf.mul(d, invStd) as Tensor;
  const scaled = (tensor: Tensor) => (weight === null ? tensor : tf.mul(tensor, each(weight))) as Tensor;
  const z = () => (bias === null ? scaled(xHat) : tf.add(scaled(xHat), each(bias))) as Tensor;
  const dz = activation !== "relu" ? batch(dy) : masked(tf, batch(dy), z());

  const dweight = sums(tf.mul(dz, xHat));
  const dbias = sums(dz);
  const shared = tf.add(each(dbias), tf.mul(xHat, each(dweight)));
  const own = statistics === null ? tf.sub(dz, tf.div(shared, valuesPerChannel(view))) : dz;
  return {
    dx: needs.dx ? tf.reshape(scaled(tf.mul(own, invStd)), x.shape) : null,
    ...(needs.affine ? parameterGradients(tf, pass, { dweight, dbias }) : { dweight: null, dbias: null }),
  };
}

/** Of an empty batch: zeros for the parameters, on which nothing depends. */
function gradientsOfNothing(tf: TensorFlow, backward: Backward): Gradients<Tensor> {
  const { pass, dy, needs } = backward;
  const constant = (value: Tensor) =>
    recorded(tf, inputsOf(backward), value, (_, saved) => saved.map((one) => tf.zerosLike(one)));
  const zeros = (parameter: Tensor | null) =>
    parameter === null || !needs.affine ? null : constant(tf.zeros(parameter.shape));
  return {
    dx: needs.dx ? constant(dy.clone()) : null,
    dweight: zeros(pass.weight),
    dbias: zeros(pass.bias),
  };
}

/** dy where z lets it through: the mask is a constant to the tape, which finds no gradient of a comparison. */
function masked(tf: TensorFlow, dy: Tensor, z: Tensor): Tensor {
  const operation = tf.customGrad((...args: unknown[]) => {
    const [dyGiven, zGiven, save] = args as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([zGiven]);
    return {
      value: tf.where(tf.lessEqual(zGiven, 0), tf.zerosLike(zGiven), dyGiven),
      gradFunc: (dz: Tensor, [zSaved]: Tensor[]) => [masked(tf, dz, zSaved as Tensor), tf.zerosLike(zSaved as Tensor)],
    };
  });
  return operation(dy, z);
}

/** Gradients by an engine's kernels that cannot be differentiated again: whoever does is told `why`. */
export function gradientsOnce(
  tf: TensorFlow,
  backward: Backward,
  byEngine: () => Gradients<Tensor>,
  why: string,
): Gradients<Tensor> {
  const { dx, dweight, dbias } = offTape(tf, byEngine);
  const once = (gradient: Tensor | null) =>
    gradient === null ? null : undifferentiable(tf, inputsOf(backward), gradient, why);
  return { dx: once(dx), dweight: once(dweight), dbias: once(dbias) };
}

/** A result of inputs that the tape holds, but cannot differentiate: whoever does is told `why`. */
export function undifferentiable(tf: TensorFlow, inputs: readonly Tensor[], value: Tensor, why: string): Tensor {
  return recorded(tf, inputs, value, () => {
    throw new OptionError(why);
  });
}

function inputsOf({ dy, pass }: Backward): Tensor[] {
  return [dy, pass.x, pass.weight, pass.bias].filter((one) => one !== null);
}

function recorded(
  tf: TensorFlow,
  inputs: readonly Tensor[],
  value: Tensor,
  gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor[],
): Tensor {
  const operation = tf.customGrad((...args: unknown[]) => {
    (args.at(-1) as (tensors: Tensor[]) => void)([...inputs]);
    return { value, gradFunc };
  });
  return operation(...inputs);
}
