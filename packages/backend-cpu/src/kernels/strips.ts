import type { View } from "@batchnorm/core";

/** At least so many contiguous elements of a channel make a strip of their own. */
const shortestRun = 16;

/** A run is cut after so many elements, so that rounding errors of a plain sum stay small. */
const longestRun = 128;

const mostRows = 64;
const fewestRows = 4;

/**
 * Walks a tensor in the order of memory, strip by strip. A strip is a set of elements of one channel at a
 * constant stride: `first, first + stride, ...` below `end`.
 *
 * - Channels first (inner of 16 and more): runs of a channel, stride 1.
 * - Else: tiles of a few rows, as much as fits the first-level cache, and in each tile its columns, stride
 *   `channels * inner`. So a channel's constants are loaded once per strip in every layout.
 *
 * The strips of a view are always the same, hence also the order of every sum.
 *
 * Loops over strips write positions as `| 0`: it tells the compiler that they are int32 and never overflow
 * (tensors have at most 2^30 elements, see checks.ts), which spares a check at every step.
 */
export class Strips {
  channel = -1;
  first = 0;
  end = 0;
  readonly stride: number;

  readonly #channels: number;
  readonly #inner: number;
  readonly #size: number;
  readonly #tileSize: number;
  readonly #strands: number;
  readonly #step: number;
  readonly #columns: boolean;
  #tile = 0;
  #tileEnd: number;
  #strand: number;

  /** @param tileElements how many elements a tile should hold: fewer where results are written beside it */
  constructor(view: View, tileElements: number) {
    const rowSize = view.channels * view.inner;
    this.#columns = view.inner < shortestRun;
    this.#channels = view.channels;
    this.#inner = view.inner;
    this.#size = view.outer * rowSize;
    this.stride = this.#columns ? rowSize : 1;
    this.#tileSize = this.#columns ? rowSize * rowsOfTile(rowSize, tileElements) : rowSize;
    this.#strands = this.#columns ? view.inner : Math.ceil(view.inner / longestRun);
    this.#step = this.#columns ? 1 : longestRun;
    this.#strand = this.#strands;
    this.#tileEnd = Math.min(this.#tileSize, this.#size);
  }

  /** On to the next strip; false after the last. */
  advance(): boolean {
    if (++this.#strand < this.#strands) {
      this.first += this.#step;
    } else if (!this.#nextChannel()) {
      return false;
    }
    this.end = this.#columns
      ? this.#tileEnd
      : Math.min(this.first + longestRun, this.#tile + (this.channel + 1) * this.#inner);
    return true;
  }

  #nextChannel(): boolean {
    if (++this.channel === this.#channels) {
      this.channel = 0;
      this.#tile = this.#tileEnd;
      this.#tileEnd = Math.min(this.#tile + this.#tileSize, this.#size);
    }
    this.#strand = 0;
    this.first = this.#tile + this.channel * this.#inner;
    return this.#tile < this.#size;
  }
}

function rowsOfTile(rowSize: number, tileElements: number): number {
  return Math.min(Math.max(Math.floor(tileElements / rowSize), fewestRows), mostRows);
}
