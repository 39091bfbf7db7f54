import type { DType } from "@batchnorm/core";
import { ulpAt } from "@batchnorm/core/measure";
import type * as specification from "@batchnorm/core/specification";
import { goals } from "../bounds.js";

/** The largest error of y, in ulp at its scale, of any good backend on any data. */
function widest(dtype: DType): number {
  const rows = goals.filter((row) => row.dtype === dtype && row.against === "specification");
  return Math.max(...rows.map(({ ulp }) => ulp.y ?? 0));
}

/**
 * Where ReLU stops the gradient, for a backend that has computed y: where z <= 0. Closer to 0 than y may be wrong,
 * rounding decides the sign of z, and the mask has to be that of the backend's own y: nothing goes through where that
 * is 0. Elsewhere the mask is the specification's, whatever came.
 *
 * @param y the backend's, judged before
 * @param scale that of y, by element
 * @returns the forward pass with a z of which only the sign counts
 */
export function maskedBy(
  ran: specification.Forward,
  y: ArrayLike<number>,
  scale: ArrayLike<number>,
  dtype: DType,
): specification.Forward {
  const bound = widest(dtype);
  const z = ran.z.map((value, i) => {
    const decided = !(Math.abs(value) <= bound * ulpAt(scale[i] as number, dtype));
    return decided ? value : Number((y[i] as number) > 0);
  });
  return { ...ran, z };
}
