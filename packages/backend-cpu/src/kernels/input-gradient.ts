import type { Activation, FloatArray, View } from "@batchnorm/core";
import type { Coefficients } from "./coefficients.js";
import { select } from "./select.js";
import { Strips } from "./strips.js";

const tileElements = 4096;

/** What training adds to `scale dz`, by channel: `slope (x - mean) + offset`. */
export interface TrainingTerms {
  readonly slope: Float64Array;
  readonly offset: Float64Array;
}

/**
 * The gradient by x, where the statistics were the batch's own:
 *
 *     dx = scale dz + slope (x - mean) + offset
 *
 * dx may be dy.
 */
export function trainingInputGradient(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  view: View,
  by: Coefficients,
  { slope: slopes, offset: offsets }: TrainingTerms,
  activation: Activation,
): void {
  const strips = new Strips(view, tileElements);
  const stride = strips.stride | 0;
  while (strips.advance()) {
    const c = strips.channel;
    const mean = by.mean[c];
    const scale = by.scale[c];
    const shift = by.shift[c];
    const slope = slopes[c];
    const offset = offsets[c];
    const end = strips.end | 0;
    if (activation === "relu") {
      for (let p = strips.first | 0; p < end; p = (p + stride) | 0) {
        const d = x[p] - mean;
        select[1] = dy[p];
        dx[p] = select[Number(!(d * scale + shift <= 0))] * scale + (d * slope + offset);
      }
    } else {
      for (let p = strips.first | 0; p < end; p = (p + stride) | 0)
        dx[p] = dy[p] * scale + ((x[p] - mean) * slope + offset);
    }
  }
}

/** The gradient by x, where the statistics are constants: `dx = scale dz`. dx may be dy. */
export function inferenceInputGradient(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  view: View,
  by: Coefficients,
  activation: Activation,
): void {
  const strips = new Strips(view, tileElements);
  const stride = strips.stride | 0;
  while (strips.advance()) {
    const c = strips.channel;
    const mean = by.mean[c];
    const scale = by.scale[c];
    const shift = by.shift[c];
    const end = strips.end | 0;
    if (activation === "relu") {
      for (let p = strips.first | 0; p < end; p = (p + stride) | 0) {
        select[1] = dy[p];
        dx[p] = select[Number(!((x[p] - mean) * scale + shift <= 0))] * scale;
      }
    } else {
      for (let p = strips.first | 0; p < end; p = (p + stride) | 0) dx[p] = dy[p] * scale;
    }
  }
}
