import type { Gradients } from "@batchnorm/core";
import type { TensorPass } from "./engines/engine.js";
import { isOnTape, type Tensor, type TensorFlow } from "./tfjs.js";

/** What the tape has kept for the gradient; to be asked when it is computed. */
export interface Saved {
  /** the pass on what was kept of it */
  pass(): TensorPass;
  /** what was given to `save` */
  others(): Tensor[];
}

interface Forward {
  readonly value: Tensor;
  /** all of them */
  gradients(dy: Tensor): Gradients<Tensor>;
}

/**
 * A result that `tf.grads` and similar functions can differentiate by x, weight and bias. What the gradient needs is saved on the
 * tape, where there is one, and let go with it, so that it does not depend on who else disposes what and when.
 */
export function differentiable(
  tf: TensorFlow,
  pass: TensorPass,
  forward: (save: (others: readonly Tensor[]) => Saved) => Forward,
): Tensor {
  if (!isOnTape(tf)) return tf.tidy(() => forward(nothingSaved).value);
  const { x, weight, bias } = pass;
  const inputs = [x, weight, bias].filter((one) => one !== null);
  const operation = tf.customGrad((...args: unknown[]) => {
    const save = args.at(-1) as (tensors: Tensor[]) => void;
    let kept: Tensor[] = [];
    const { value, gradients } = forward((others) => {
      save([...inputs, ...others]);
      const keptOf = (input: Tensor | null) => (input === null ? null : (kept[inputs.indexOf(input)] as Tensor));
      return {
        pass: () => ({ ...pass, x: keptOf(x) as Tensor, weight: keptOf(weight), bias: keptOf(bias) }),
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
  return { pass: none, others: none };
}
