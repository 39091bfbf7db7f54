import type { Activation, FloatArray, View } from "@batchnorm/core";
import { rows } from "@batchnorm/core/host";
import { passed } from "./select.js";
import { Tiles } from "./tiles.js";

/** y = activation((x - mean) scale + shift), by rows of coefficients. */
export function normalize(
  x: FloatArray,
  y: FloatArray,
  view: View,
  coefficients: Float64Array,
  activation: Activation,
): void {
  const { channels, inner } = view;
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, { fewest: 4, most: 32 }, inner);
  const kernel = activation === "relu" ? relu : plain;
  while (tiles.advance()) kernel(x, y, tiles, inner, channels, coefficients);
}

function plain(
  x: FloatArray,
  y: FloatArray,
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
      plainAt(x, y, p, mean, scale, shift);
      p = (p + stride) | 0;
      plainAt(x, y, p, mean, scale, shift);
      p = (p + stride) | 0;
      plainAt(x, y, p, mean, scale, shift);
      p = (p + stride) | 0;
      plainAt(x, y, p, mean, scale, shift);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) plainAt(x, y, p, mean, scale, shift);
    start = (start + inner) | 0;
  }
}

function plainAt(x: FloatArray, y: FloatArray, p: number, mean: number, scale: number, shift: number): void {
  y[p] = (x[p] - mean) * scale + shift;
}

function relu(
  x: FloatArray,
  y: FloatArray,
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
      reluAt(x, y, p, mean, scale, shift);
      p = (p + stride) | 0;
      reluAt(x, y, p, mean, scale, shift);
      p = (p + stride) | 0;
      reluAt(x, y, p, mean, scale, shift);
      p = (p + stride) | 0;
      reluAt(x, y, p, mean, scale, shift);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) reluAt(x, y, p, mean, scale, shift);
    start = (start + inner) | 0;
  }
}

function reluAt(x: FloatArray, y: FloatArray, p: number, mean: number, scale: number, shift: number): void {
  const z = (x[p] - mean) * scale + shift;
  y[p] = passed(z, z);
}
