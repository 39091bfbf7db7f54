import type { Activation, FloatArray, View } from "@batchnorm/core";
import { rows } from "@batchnorm/core/host";
import { passed } from "./select.js";
import { add, sumOf } from "./sums.js";
import { sumEvery, Tiles } from "./tiles.js";

/** Rows of working memory, of one number per channel each: two sums with what they have lost. */
export const scratchRows = 4;

/**
 * The two sums of the backward pass: sum dz and sum dz (x - mean), where dz is dy behind the activation.
 *
 * @param by rows of coefficients
 * @param result rows of the two sums
 * @param scratch `scratchRows` rows
 */
export function gradientSums(
  dy: FloatArray,
  x: FloatArray,
  view: View,
  coefficients: Float64Array,
  activation: Activation,
  result: Float64Array,
  scratch: Float64Array,
): void {
  const { channels, inner } = view;
  scratch.fill(0, 0, scratchRows * channels);
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, { fewest: 8, most: 64 }, sumEvery);
  const kernel = activation === "relu" ? accumulateRelu : accumulate;
  while (tiles.advance()) kernel(dy, x, tiles, inner, channels, coefficients, scratch);
  for (let c = 0; c < channels; c++) {
    const dz = sumOf(scratch, c, channels);
    result[c] = dz;
    result[channels + c] = sumOf(scratch, 2 * channels + c, channels) - coefficients[rows.meanLow * channels + c] * dz;
  }
}

function accumulate(
  dy: FloatArray,
  x: FloatArray,
  tile: Tiles,
  inner: number,
  channels: number,
  coefficients: Float64Array,
  into: Float64Array,
): void {
  const { first, channel, channelEnd, step, stride, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = coefficients[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    let sum = 0;
    let centred = 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      const dz0 = dy[p];
      const d0 = x[p] - mean;
      p = (p + stride) | 0;
      const dz1 = dy[p];
      const d1 = x[p] - mean;
      p = (p + stride) | 0;
      const dz2 = dy[p];
      const d2 = x[p] - mean;
      p = (p + stride) | 0;
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
    add(into, c, channels, sum);
    add(into, 2 * channels + c, channels, centred);
    start = (start + inner) | 0;
  }
}

function accumulateRelu(
  dy: FloatArray,
  x: FloatArray,
  tile: Tiles,
  inner: number,
  channels: number,
  coefficients: Float64Array,
  into: Float64Array,
): void {
  const { first, channel, channelEnd, step, stride, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = coefficients[c];
    const scale = coefficients[rows.scale * channels + c];
    const shift = coefficients[rows.shift * channels + c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    let sum = 0;
    let centred = 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      const d0 = x[p] - mean;
      const dz0 = passed(dy[p], d0 * scale + shift);
      p = (p + stride) | 0;
      const d1 = x[p] - mean;
      const dz1 = passed(dy[p], d1 * scale + shift);
      p = (p + stride) | 0;
      const d2 = x[p] - mean;
      const dz2 = passed(dy[p], d2 * scale + shift);
      p = (p + stride) | 0;
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
    add(into, c, channels, sum);
    add(into, 2 * channels + c, channels, centred);
    start = (start + inner) | 0;
  }
}
