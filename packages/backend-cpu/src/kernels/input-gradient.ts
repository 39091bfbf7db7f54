import type { Activation, FloatArray, View } from "@batchnorm/core";
import { rows } from "@batchnorm/core/host";
import { passed } from "./select.js";
import { Tiles } from "./tiles.js";

const rowsOfTile = { fewest: 4, most: 32 };

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
  coefficients: Float64Array,
  activation: Activation,
): void {
  const { channels, inner } = view;
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, rowsOfTile, inner);
  const kernel = activation === "relu" ? trainingRelu : training;
  while (tiles.advance()) kernel(dy, x, dx, tiles, inner, channels, coefficients);
}

/** The gradient by x, where the statistics are constants: `dx = scale dz`. dx may be dy. */
export function inferenceInputGradient(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  view: View,
  coefficients: Float64Array,
  activation: Activation,
): void {
  const { channels, inner } = view;
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, rowsOfTile, inner);
  const kernel = activation === "relu" ? inferenceRelu : inference;
  while (tiles.advance()) kernel(dy, x, dx, tiles, inner, channels, coefficients);
}

function training(
  dy: FloatArray,
  x: FloatArray,
  dx: FloatArray,
  tile: Tiles,
  inner: number,
  channels: number,
  coefficients: Float64Array,
): void {
  const { first, channel, channelEnd, step, stride, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = coefficients[c];
    const scale = coefficients[rows.scale * channels + c];
    const slope = coefficients[rows.slope * channels + c];
    const offset = coefficients[rows.offset * channels + c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      trainingAt(dy, x, dx, p, mean, scale, slope, offset);
      p = (p + stride) | 0;
      trainingAt(dy, x, dx, p, mean, scale, slope, offset);
      p = (p + stride) | 0;
      trainingAt(dy, x, dx, p, mean, scale, slope, offset);
      p = (p + stride) | 0;
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
  channels: number,
  coefficients: Float64Array,
): void {
  const { first, channel, channelEnd, step, stride, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = coefficients[c];
    const scale = coefficients[rows.scale * channels + c];
    const shift = coefficients[rows.shift * channels + c];
    const slope = coefficients[rows.slope * channels + c];
    const offset = coefficients[rows.offset * channels + c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
      p = (p + stride) | 0;
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
      p = (p + stride) | 0;
      trainingReluAt(dy, x, dx, p, mean, scale, shift, slope, offset);
      p = (p + stride) | 0;
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

function inference(
  dy: FloatArray,
  _x: FloatArray,
  dx: FloatArray,
  tile: Tiles,
  inner: number,
  channels: number,
  coefficients: Float64Array,
): void {
  const { first, channel, channelEnd, step, stride, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const scale = coefficients[rows.scale * channels + c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      inferenceAt(dy, dx, p, scale);
      p = (p + stride) | 0;
      inferenceAt(dy, dx, p, scale);
      p = (p + stride) | 0;
      inferenceAt(dy, dx, p, scale);
      p = (p + stride) | 0;
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
  channels: number,
  coefficients: Float64Array,
): void {
  const { first, channel, channelEnd, step, stride, width, rest, length } = tile;
  let start = first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const mean = coefficients[c];
    const scale = coefficients[rows.scale * channels + c];
    const shift = coefficients[rows.shift * channels + c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      inferenceReluAt(dy, x, dx, p, mean, scale, shift);
      p = (p + stride) | 0;
      inferenceReluAt(dy, x, dx, p, mean, scale, shift);
      p = (p + stride) | 0;
      inferenceReluAt(dy, x, dx, p, mean, scale, shift);
      p = (p + stride) | 0;
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
