import type { Activation, FloatArray, View } from "@batchnorm/core";
import type { Coefficients } from "./coefficients.js";
import { passed } from "./select.js";
import { Tiles } from "./tiles.js";

const rows = { fewest: 4, most: 32 };

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
  terms: TrainingTerms,
  activation: Activation,
): void {
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, rows, view.inner);
  const kernel = activation === "relu" ? trainingRelu : training;
  while (tiles.advance()) kernel(dy, x, dx, tiles, view.inner, by, terms);
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
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, rows, view.inner);
  const kernel = activation === "relu" ? inferenceRelu : inference;
  while (tiles.advance()) kernel(dy, x, dx, tiles, view.inner, by);
}

function training(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  tile: Tiles,
  inner: number,
  by: Coefficients,
  terms: TrainingTerms,
): void {
  const { first, channel, channelEnd, step, apart, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = by.mean[c];
    const scale = by.scale[c];
    const slope = terms.slope[c];
    const offset = terms.offset[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      trainingAt(dy, x, dx, p, mean, scale, slope, offset);
      p = (p + apart) | 0;
      trainingAt(dy, x, dx, p, mean, scale, slope, offset);
      p = (p + apart) | 0;
      trainingAt(dy, x, dx, p, mean, scale, slope, offset);
      p = (p + apart) | 0;
      trainingAt(dy, x, dx, p, mean, scale, slope, offset);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) trainingAt(dy, x, dx, p, mean, scale, slope, offset);
    start = (start + inner) | 0;
  }
}

function trainingAt(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  p: number,
  mean: number,
  scale: number,
  slope: number,
  offset: number,
): void {
  dx[p] = dy[p] * scale + ((x[p] - mean) * slope + offset);
}

function trainingRelu(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  tile: Tiles,
  inner: number,
  by: Coefficients,
  terms: TrainingTerms,
): void {
  const { first, channel, channelEnd, step, apart, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = by.mean[c];
    const scale = by.scale[c];
    const shift = by.shift[c];
    const slope = terms.slope[c];
    const offset = terms.offset[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
      p = (p + apart) | 0;
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
      p = (p + apart) | 0;
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
      p = (p + apart) | 0;
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0)
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
    start = (start + inner) | 0;
  }
}

function trainingReluAt(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  p: number,
  mean: number,
  scale: number,
  shift: number,
  slope: number,
  offset: number,
): void {
  const d = x[p] - mean;
  dx[p] = passed(dy[p], d * scale + shift) * scale + (d * slope + offset);
}

function inference(dy: FloatArray, _x: FloatArray, dx: FloatArray, tile: Tiles, inner: number, by: Coefficients): void {
  const { first, channel, channelEnd, step, apart, width, rest, length } = tile;
  const { scale: scales } = by;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const scale = scales[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      inferenceAt(dy, dx, p, scale);
      p = (p + apart) | 0;
      inferenceAt(dy, dx, p, scale);
      p = (p + apart) | 0;
      inferenceAt(dy, dx, p, scale);
      p = (p + apart) | 0;
      inferenceAt(dy, dx, p, scale);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) inferenceAt(dy, dx, p, scale);
    start = (start + inner) | 0;
  }
}

function inferenceAt(dy: FloatArray, dx: FloatArray, p: number, scale: number): void {
  dx[p] = dy[p] * scale;
}

function inferenceRelu(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  tile: Tiles,
  inner: number,
  by: Coefficients,
): void {
  const { first, channel, channelEnd, step, apart, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = by.mean[c];
    const scale = by.scale[c];
    const shift = by.shift[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      inferenceReluAt(dy, x, dx, p, mean, scale, shift);
      p = (p + apart) | 0;
      inferenceReluAt(dy, x, dx, p, mean, scale, shift);
      p = (p + apart) | 0;
      inferenceReluAt(dy, x, dx, p, mean, scale, shift);
      p = (p + apart) | 0;
      inferenceReluAt(dy, x, dx, p, mean, scale, shift);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) inferenceReluAt(dy, x, dx, p, mean, scale, shift);
    start = (start + inner) | 0;
  }
}

function inferenceReluAt(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  p: number,
  mean: number,
  scale: number,
  shift: number,
): void {
  dx[p] = passed(dy[p], (x[p] - mean) * scale + shift) * scale;
}
