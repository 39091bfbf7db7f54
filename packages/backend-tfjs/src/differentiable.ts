import type { Affine, Gradients } from "@batchnorm/core";
import { isOnTape, type Tensor, type TensorFlow } from "./tensor-flow.js";

/** The inputs that have gradients. */
export interface Inputs extends Affine<Tensor> {
  readonly x: Tensor;
}

/** What the tape has kept for the gradient; to be asked when it is computed. */
export interface Saved {
  x(): Tensor;
  affine(): Affine<Tensor>;
  /** what was given to `save` */
  others(): Tensor[];
}

interface Forward {
  readonly value: Tensor;
  /** all of them */
  gradients(dy: Tensor): Gradients<Tensor>;
}

/**
 * A result that `tf.grads` and its kin can differentiate by x, weight and bias. What the gradient needs is saved on the
 * tape, where there is one, and let go with it, so that it does not depend on who else disposes what and when.
 */
export function differentiable(
  tf: TensorFlow,
  { x, weight, bias }: Inputs,
  forward: (save: (others: readonly Tensor[]) => Saved) => Forward,
): Tensor {
  if (!isOnTape(tf)) return tf.tidy(() => forward(nothingSaved).value);
  const parameters = [weight, bias].filter((one) => one !== null);
  const inputs = [x, ...parameters];
  const operation = tf.customGrad((...args: unknown[]) => {
    const save = args.at(-1) as (tensors: Tensor[]) => void;
    let kept: Tensor[] = [];
    const { value, gradients } = forward((others) => {
      save([...inputs, ...others]);
      return {
        x: () => kept[0] as Tensor,
        affine: () => ({
          weight: weight === null ? null : (kept[1] as Tensor),
          bias: bias === null ? null : (kept[weight === null ? 1 : 2] as Tensor),
        }),
        others: () => kept.slice(inputs.length),
      };
    });
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        kept = saved;
        const { dx, dweight, dbias } = gradients(dy);
        return [dx, dweight, dbias].filter((one) => one !== null);
      },
    };
  });
  return operation(...inputs);
}

function nothingSaved(): Saved {
  const none = () => {
    throw new Error("nothing is on the tape");
  };
  return { x: none, affine: none, others: none };
}
