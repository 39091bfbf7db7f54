import type { Activation, FloatArray, View } from "@batchnorm/core";
import type { Coefficients } from "./coefficients.js";
import { select } from "./select.js";
import { Strips } from "./strips.js";
import { add, clear, type Sums, sumOf } from "./sums.js";

const tileElements = 4096;

/** By channel: sum dz and sum dz (x - mean), where dz is dy behind the activation. */
export interface GradientSumArrays {
  readonly dz: Float64Array;
  readonly dzCentred: Float64Array;
}

export interface GradientSumScratch {
  readonly first: Sums;
  readonly second: Sums;
}

/** The two sums of the backward pass. */
export function gradientSums(
  dy: FloatArray,
  x: FloatArray,
  view: View,
  by: Coefficients,
  activation: Activation,
  result: GradientSumArrays,
  scratch: GradientSumScratch,
): void {
  clear(scratch.first);
  clear(scratch.second);
  if (activation === "relu") accumulateRelu(dy, x, view, by, scratch);
  else accumulate(dy, x, view, by, scratch);
  for (let c = 0; c < view.channels; c++) {
    const dz = sumOf(scratch.first, c);
    result.dz[c] = dz;
    result.dzCentred[c] = sumOf(scratch.second, c) - by.meanLow[c] * dz;
  }
}

function accumulate(dy: FloatArray, x: FloatArray, view: View, by: Coefficients, scratch: GradientSumScratch): void {
  const strips = new Strips(view, tileElements);
  const stride = strips.stride | 0;
  while (strips.advance()) {
    const c = strips.channel;
    const mean = by.mean[c];
    const end = strips.end | 0;
    let sum = 0;
    let centred = 0;
    for (let p = strips.first | 0; p < end; p = (p + stride) | 0) {
      const dz = dy[p];
      sum += dz;
      centred += dz * (x[p] - mean);
    }
    add(scratch.first, c, sum);
    add(scratch.second, c, centred);
  }
}

function accumulateRelu(
  dy: FloatArray,
  x: FloatArray,
  view: View,
  by: Coefficients,
  scratch: GradientSumScratch,
): void {
  const strips = new Strips(view, tileElements);
  const stride = strips.stride | 0;
  while (strips.advance()) {
    const c = strips.channel;
    const mean = by.mean[c];
    const scale = by.scale[c];
    const shift = by.shift[c];
    const end = strips.end | 0;
    let sum = 0;
    let centred = 0;
    for (let p = strips.first | 0; p < end; p = (p + stride) | 0) {
      const d = x[p] - mean;
      select[1] = dy[p];
      const dz = select[Number(!(d * scale + shift <= 0))];
      sum += dz;
      centred += dz * d;
    }
    add(scratch.first, c, sum);
    add(scratch.second, c, centred);
  }
}
