import type { Activation, FloatArray, View } from "@batchnorm/core";
import type { Coefficients } from "./coefficients.js";
import { passed } from "./select.js";
import { add, clear, type Sums, sumOf } from "./sums.js";
import { sumEvery, Tiles } from "./tiles.js";

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
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, { fewest: 8, most: 64 }, sumEvery);
  const kernel = activation === "relu" ? accumulateRelu : accumulate;
  while (tiles.advance()) kernel(dy, x, tiles, view.inner, by, scratch);
  for (let c = 0; c < view.channels; c++) {
    const dz = sumOf(scratch.first, c);
    result.dz[c] = dz;
    result.dzCentred[c] = sumOf(scratch.second, c) - by.meanLow[c] * dz;
  }
}

function accumulate(
  dy: FloatArray,
  x: FloatArray,
  tile: Tiles,
  inner: number,
  by: Coefficients,
  into: GradientSumScratch,
): void {
  const { first, channel, channelEnd, step, apart, width, rest, length } = tile;
  const { mean: means } = by;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = means[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    let sum = 0;
    let centred = 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      const dz0 = dy[p];
      const d0 = x[p] - mean;
      p = (p + apart) | 0;
      const dz1 = dy[p];
      const d1 = x[p] - mean;
      p = (p + apart) | 0;
      const dz2 = dy[p];
      const d2 = x[p] - mean;
      p = (p + apart) | 0;
      const dz3 = dy[p];
      const d3 = x[p] - mean;
      sum += dz0 + dz1 + (dz2 + dz3);
      centred += dz0 * d0 + dz1 * d1 + (dz2 * d2 + dz3 * d3);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) {
      const dz = dy[p];
      sum += dz;
      centred += dz * (x[p] - mean);
    }
    add(into.first, c, sum);
    add(into.second, c, centred);
    start = (start + inner) | 0;
  }
}

function accumulateRelu(
  dy: FloatArray,
  x: FloatArray,
  tile: Tiles,
  inner: number,
  by: Coefficients,
  into: GradientSumScratch,
): void {
  const { first, channel, channelEnd, step, apart, width, rest, length } = tile;
  const { mean: means, scale: scales, shift: shifts } = by;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = means[c];
    const scale = scales[c];
    const shift = shifts[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    let sum = 0;
    let centred = 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      const d0 = x[p] - mean;
      const dz0 = passed(dy[p], d0 * scale + shift);
      p = (p + apart) | 0;
      const d1 = x[p] - mean;
      const dz1 = passed(dy[p], d1 * scale + shift);
      p = (p + apart) | 0;
      const d2 = x[p] - mean;
      const dz2 = passed(dy[p], d2 * scale + shift);
      p = (p + apart) | 0;
      const d3 = x[p] - mean;
      const dz3 = passed(dy[p], d3 * scale + shift);
      sum += dz0 + dz1 + (dz2 + dz3);
      centred += dz0 * d0 + dz1 * d1 + (dz2 * d2 + dz3 * d3);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) {
      const d = x[p] - mean;
      const dz = passed(dy[p], d * scale + shift);
      sum += dz;
      centred += dz * d;
    }
    add(into.first, c, sum);
    add(into.second, c, centred);
    start = (start + inner) | 0;
  }
}
