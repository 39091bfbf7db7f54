import type { FloatArray, View } from "@batchnorm/core";
import { add, sumOf } from "./sums.js";
import { sumEvery, Tiles } from "./tiles.js";

/** Rows of working memory, of one number per channel each: shifts, then two sums with what they have lost. */
export const scratchRows = 5;

/**
 * The moments of every channel, of values shifted by one of them, `d = x - K`:
 *
 *     mean = K + sum d / n        M2 = sum d^2 - (sum d)^2 / n
 *
 * Where K turns out to lie far from the mean, that difference cancels; such channels are summed a second time
 * with K = mean. Their neighbours keep the bits of the first pass.
 *
 * @param cancellation a channel is redone where sum d^2 exceeds M2 by this factor
 * @param result rows of means, their low parts, sums of squared deviations
 * @param scratch `scratchRows` rows
 */
export function moments(
  x: FloatArray,
  view: View,
  cancellation: number,
  result: Float64Array,
  scratch: Float64Array,
): void {
  const { channels, inner } = view;
  const n = view.outer * inner;
  for (let c = 0; c < channels; c++) scratch[c] = finiteOr0(x[c * inner]);
  accumulate(x, view, scratch);
  let redo = false;
  for (let c = 0; c < channels; c++) {
    const squares = finish(n, c, channels, result, scratch);
    const badlyShifted = Number.isFinite(result[c]) && squares > cancellation * result[2 * channels + c];
    // NaN marks the channels whose first result stays
    scratch[c] = badlyShifted ? result[c] : Number.NaN;
    redo ||= badlyShifted;
  }
  if (!redo) return;
  accumulate(x, view, scratch);
  for (let c = 0; c < channels; c++) if (!Number.isNaN(scratch[c])) finish(n, c, channels, result, scratch);
}

function accumulate(x: FloatArray, view: View, scratch: Float64Array): void {
  const { channels, inner } = view;
  scratch.fill(0, channels, scratchRows * channels);
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, { fewest: 16, most: 64 }, sumEvery);
  while (tiles.advance()) accumulateTile(x, tiles, inner, channels, scratch);
}

function accumulateTile(x: FloatArray, tile: Tiles, inner: number, channels: number, scratch: Float64Array): void {
  const { channel, channelEnd, step, stride, width, rest, length } = tile;
  let start = tile.first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const k = scratch[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    let sum = 0;
    let squares = 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      const d0 = x[p] - k;
      p = (p + stride) | 0;
      const d1 = x[p] - k;
      p = (p + stride) | 0;
      const d2 = x[p] - k;
      p = (p + stride) | 0;
      const d3 = x[p] - k;
      sum += d0 + d1 + (d2 + d3);
      squares += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) {
      const d = x[p] - k;
      sum += d;
      squares += d * d;
    }
    add(scratch, channels + c, channels, sum);
    add(scratch, 3 * channels + c, channels, squares);
    start = (start + inner) | 0;
  }
}

function finish(n: number, c: number, channels: number, result: Float64Array, scratch: Float64Array): number {
  const k = scratch[c];
  const sum = sumOf(scratch, channels + c, channels);
  const squares = sumOf(scratch, 3 * channels + c, channels);
  const d = sum / n;
  const mean = k + d;
  const added = mean - k;
  result[c] = mean;
  result[channels + c] = finiteOr0(k - (mean - added) + (d - added));
  // squares beyond float64 leave an infinite variance, not the NaN of Infinity - Infinity
  const m2 = squares === Infinity && Number.isFinite(mean) ? Infinity : squares - sum * d;
  result[2 * channels + c] = Math.max(m2, 0);
  return squares;
}

function finiteOr0(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
