import type { Random } from "@batchnorm/testing/random";
import type { View } from "../../src/index.js";
import * as specification from "../../src/specification/index.js";

/** A batch with all that a pass over it needs. */
export interface Pass {
  readonly x: Float64Array;
  readonly dy: Float64Array;
  readonly view: View;
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly eps: number;
  readonly activation: "relu" | null;
  /** null: training */
  readonly fixed: specification.Statistics | null;
}

export function randomPass(
  random: Random,
  view: View,
  options: Pick<Pass, "activation"> & { training: boolean },
): Pass {
  const size = view.outer * view.channels * view.inner;
  return {
    x: random.normals(size, 1, 2),
    dy: random.normals(size),
    view,
    gamma: random.normals(view.channels),
    beta: random.normals(view.channels),
    eps: 1e-3,
    activation: options.activation,
    fixed: options.training
      ? null
      : {
          mean: random.normals(view.channels, 1),
          variance: random.normals(view.channels).map((v) => v * v + 0.1),
        },
  };
}

export function forward({ x, view, fixed, ...p }: Pass): specification.Forward {
  return fixed === null ? specification.train(x, view, p) : specification.inference(x, view, p, fixed);
}

export function backward(pass: Pass): specification.Backward {
  return specification.backward(pass.dy, pass.x, pass.view, pass, forward(pass));
}

/** l = sum dy_i y_i: the loss whose gradient by y is dy */
export function loss(pass: Pass): number {
  return forward(pass).y.reduce((sum, y, i) => sum + y * (pass.dy[i] as number), 0);
}

/**
 * The gradient of the loss by one array of the pass, from the loss alone, by central differences:
 *
 *     f'(v) = (8 (f(v + h) - f(v - h)) - (f(v + 2h) - f(v - 2h))) / 12h + O(h^4)
 */
export function differences(pass: Pass, by: "x" | "gamma" | "beta"): Float64Array {
  const h = 1e-3;
  return pass[by].map((value, i) => {
    const at = (step: number) => loss({ ...pass, [by]: pass[by].with(i, value + step * h) });
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  });
}
