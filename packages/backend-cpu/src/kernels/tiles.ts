import type { View } from "@batchnorm/core";

/** Kernels that sum take a long run by parts of so many elements: a plain sum of few errs little. */
export const sumEvery = 64;

/** What a tile of columns should hold of one tensor, to stay in the first-level cache. */
const tileBytes = 16384;

/** Multiples of four. */
export interface Rows {
  readonly fewest: number;
  readonly most: number;
}

/**
 * Walks a tensor tile by tile. A tile holds one strip of each of the channels from `channel` to below `channelEnd`; that
 * of channel c starts at `first + (c - channel) * inner`. A strip has four parts, which kernels walk at once: elements i,
 * i + stride, i + 2 stride and i + 3 stride, for i in steps of `step` below the strip's start plus `width`. What the four
 * parts leave over, from `rest` to below `length`, they take singly.
 *
 * - Rows of runs: the parts of a strip are one channel in four rows, or, in the last rows where there are fewer than four,
 *   the quarters of a run.
 * - Channels last (inner of 1): a strip is a column of a few rows, as many as fit the first-level cache.
 *
 * So a channel's constants are loaded once per strip in every layout, and memory is read in four streams; see
 * docs/performance.md. The tiles of a view are always the same, hence also the order of every sum.
 *
 * Kernels write positions as `| 0`: it tells the compiler that they are int32 and never overflow (tensors have at most
 * 2^30 elements, see tensor-checks.ts), which spares a check at every step.
 */
export class Tiles {
  first = 0;
  channel = 0;
  channelEnd: number;
  step = 1;
  stride = 0;
  width = 0;
  rest = 0;
  length = 0;

  readonly #channels: number;
  readonly #inner: number;
  readonly #rowSize: number;
  readonly #size: number;
  readonly #rows: number;
  readonly #longest: number;
  #next = 0;

  /**
   * @param rows of a tile of columns: fewer, the more tensors share the cache
   * @param longest at most so many elements of a run's quarters make a strip
   */
  constructor(view: View, bytesPerElement: number, rows: Rows, longest: number) {
    this.channelEnd = view.channels;
    this.#channels = view.channels;
    this.#inner = view.inner;
    this.#rowSize = view.channels * view.inner;
    this.#size = view.outer * this.#rowSize;
    this.#rows = view.inner === 1 ? rowsOfTile(view.channels * bytesPerElement, rows) : 4;
    this.#longest = longest;
  }

  /** On to the next tile; false after the last. */
  advance(): boolean {
    this.first = this.#next;
    if (this.first >= this.#size) return false;
    const rows = Math.min(this.#rows, Math.ceil((this.#size - this.first) / this.#rowSize));
    if (this.#inner === 1) this.#columns(rows);
    else this.#runs(rows === 4);
    return true;
  }

  #columns(rows: number): void {
    this.step = this.#rowSize;
    this.stride = (rows >> 2) * this.#rowSize;
    this.width = this.stride;
    this.rest = 4 * this.stride;
    this.length = rows * this.#rowSize;
    this.#next += this.length;
  }

  #runs(inFourRows: boolean): void {
    const run = inFourRows ? this.#inner : this.#inner >> 2;
    this.stride = inFourRows ? this.#rowSize : run;
    const isWhole = run <= this.#longest;
    const offset = this.first % this.#rowSize;
    const done = isWhole ? 0 : offset % this.#inner;
    this.channel = isWhole ? 0 : Math.floor(offset / this.#inner);
    this.channelEnd = isWhole ? this.#channels : this.channel + 1;
    this.width = Math.min(this.#longest, run - done);
    const isEnd = done + this.width === run;
    this.rest = 4 * this.stride - done;
    this.length = isEnd && !inFourRows ? this.#inner - done : this.rest;
    if (!isEnd) this.#next += this.width;
    else if (this.channelEnd < this.#channels) this.#next += this.#inner - done;
    else this.#next += (inFourRows ? 4 : 1) * this.#rowSize - offset;
  }
}

function rowsOfTile(rowBytes: number, { fewest, most }: Rows): number {
  const rows = Math.floor(tileBytes / rowBytes / 4) * 4;
  return Math.min(Math.max(rows, fewest), most);
}
