import type { FloatArray, View } from "@batchnorm/core";
import { add, clear, type Sums, sumOf } from "./sums.js";
import { sumEvery, Tiles } from "./tiles.js";

/** Moments by channel: the mean as `mean + meanLow`, the sum of squared deviations as `m2`. */
export interface MomentArrays {
  readonly mean: Float64Array;
  readonly meanLow: Float64Array;
  readonly m2: Float64Array;
}

/** Buffers of one number per channel. */
export interface MomentScratch {
  readonly shift: Float64Array;
  readonly first: Sums;
  readonly second: Sums;
}

/**
 * The moments of every channel, of values shifted by one of them, `d = x - K`:
 *
 *     mean = K + sum d / n        M2 = sum d^2 - (sum d)^2 / n
 *
 * Where K turns out to lie far from the mean, that difference cancels; such channels are summed a second time
 * with K = mean. Their neighbours keep the bits of the first pass.
 *
 * @param cancellation a channel is redone where sum d^2 exceeds M2 by this factor
 */
export function moments(
  x: FloatArray,
  view: View,
  cancellation: number,
  result: MomentArrays,
  scratch: MomentScratch,
): void {
  const { channels, inner } = view;
  const n = view.outer * inner;
  const { shift } = scratch;
  for (let c = 0; c < channels; c++) shift[c] = finiteOr0(x[c * inner]);
  accumulate(x, view, scratch);
  let redo = false;
  for (let c = 0; c < channels; c++) {
    const squares = finish(n, c, result, scratch);
    const badlyShifted = Number.isFinite(result.mean[c]) && squares > cancellation * result.m2[c];
    // NaN marks the channels whose first result stays
    shift[c] = badlyShifted ? result.mean[c] : Number.NaN;
    redo ||= badlyShifted;
  }
  if (!redo) return;
  accumulate(x, view, scratch);
  for (let c = 0; c < channels; c++) if (!Number.isNaN(shift[c])) finish(n, c, result, scratch);
}

function accumulate(x: FloatArray, view: View, scratch: MomentScratch): void {
  clear(scratch.first);
  clear(scratch.second);
  const tiles = new Tiles(view, x.BYTES_PER_ELEMENT, { fewest: 16, most: 64 }, sumEvery);
  while (tiles.advance()) accumulateTile(x, tiles, view.inner, scratch);
}

function accumulateTile(x: FloatArray, tile: Tiles, inner: number, { shift, first, second }: MomentScratch): void {
  const { channel, channelEnd, step, apart, width, rest, length } = tile;
  let start = tile.first | 0;
  for (let c = channel | 0; c < channelEnd; c++) {
    const k = shift[c];
    const last = (start + width) | 0;
    const end = (start + length) | 0;
    let sum = 0;
    let squares = 0;
    for (let i = start; i < last; i = (i + step) | 0) {
      let p = i;
      const d0 = x[p] - k;
      p = (p + apart) | 0;
      const d1 = x[p] - k;
      p = (p + apart) | 0;
      const d2 = x[p] - k;
      p = (p + apart) | 0;
      const d3 = x[p] - k;
      sum += d0 + d1 + (d2 + d3);
      squares += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
    }
    for (let p = (start + rest) | 0; p < end; p = (p + step) | 0) {
      const d = x[p] - k;
      sum += d;
      squares += d * d;
    }
    add(first, c, sum);
    add(second, c, squares);
    start = (start + inner) | 0;
  }
}

function finish(n: number, c: number, result: MomentArrays, { shift, first, second }: MomentScratch): number {
  const k = shift[c];
  const sum = sumOf(first, c);
  const squares = sumOf(second, c);
  const d = sum / n;
  const mean = k + d;
  const added = mean - k;
  result.mean[c] = mean;
  result.meanLow[c] = finiteOr0(k - (mean - added) + (d - added));
  // squares beyond float64 leave an infinite variance, not the NaN of Infinity - Infinity
  const m2 = squares === Infinity && Number.isFinite(mean) ? Infinity : squares - sum * d;
  result.m2[c] = Math.max(m2, 0);
  return squares;
}

function finiteOr0(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
