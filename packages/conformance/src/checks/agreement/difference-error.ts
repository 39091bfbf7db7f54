/**
 * How far a central difference may be from the gradient, with
 *
 *     D(h) = (f(v + h) - f(v - h)) / 2h,    f = sum dy y
 *     delta = sqrt(variance + eps),         S = sum abs(dy) max(abs(weight), abs(weight x-hat), abs(bias), abs(y))
 *
 * - Truncation: h^2 / 6 times the third derivative of f. x enters through x - mean and through 1 / delta; each
 *   derivative by an element of x costs at most a factor 1 / delta, and three of (.)^(-1/2) the factors 1 3 5: at most
 *   15 S / delta^3, S over the channel of x. By weight and bias f is linear: none.
 * - Rounding: every y is off by at most `bound` ulp of float64 at its scale, bound being the table's, so f by
 *   bound 2^-52 S, its own summation included and S over all channels, and D(h) by that over h.
 *
 * h is 2^-17 delta for x, where the two are about equal, and 2^-10 for weight and bias.
 */
import * as specification from "@batchnorm/core/specification";
import { type Inputs, type Situation, specificationPass } from "./situations.js";

/** One element of an input: how far it is moved, and how far the difference may be from the gradient. */
export interface Step {
  readonly h: number;
  readonly error: number;
}

/**
 * The step of every element of an input.
 *
 * @param bound of y in float64, in ulp
 */
export function stepsOf(situation: Situation, input: keyof Inputs, bound: number): Step[] {
  const { view, eps } = situation;
  const { variance } = specificationPass(situation);
  const sizes = sizesOfLoss(situation);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const rounding = (h: number) => (bound * 2 ** -52 * whole) / h;
  if (input !== "x") return situation[input].map(() => ({ h: 2 ** -10, error: rounding(2 ** -10) }));
  return situation.x.map((_, i) => {
    const c = Math.floor(i / view.inner) % view.channels;
    const delta = Math.sqrt((variance[c] as number) + eps);
    // a power of two, so that x + h is exact
    const h = 2 ** Math.floor(Math.log2(2 ** -17 * delta));
    const third = (15 * (sizes[c] as number)) / delta ** 3;
    return { h, error: (h ** 2 / 6) * third + rounding(h) };
  });
}

/** S by channel. */
function sizesOfLoss(situation: Situation): number[] {
  const { view, weight, bias, dy } = situation;
  const { y, xHat } = specificationPass(situation);
  return weight.map((gamma, c) => {
    const ofY = specification.gather(y, view, c);
    const ofXHat = specification.gather(xHat, view, c);
    const ofDy = specification.gather(dy, view, c);
    const terms = ofDy.map((g, i) => {
      const sizes = [gamma, gamma * (ofXHat[i] as number), bias[c] as number, ofY[i] as number].map(Math.abs);
      return Math.abs(g) * Math.max(...sizes);
    });
    return terms.reduce((sum, term) => sum + term, 0);
  });
}
