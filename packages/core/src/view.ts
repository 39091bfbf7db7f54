import { describe, describeShape, OptionError, ShapeError } from "./errors.js";

/**
 * Any shape and layout as three numbers, all that a kernel ever sees: element `(o, c, i)` stands at
 * `(o * channels + c) * inner + i`.
 *
 * | shape | axis | outer | channels | inner |
 * |-|-|-|-|-|
 * | `(N, C)` | 1 | N | C | 1 |
 * | `(N, C, H, W)` | 1 | N | C | H W |
 * | `(N, H, W, C)` | 3 | N H W | C | 1 |
 */
export interface View {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/** Where the channels stand: `(N, C, ...)` or `(N, ..., C)`. */
export type Layout = "channels-first" | "channels-last";

export const layouts: readonly Layout[] = ["channels-first", "channels-last"];

/**
 * The view of a shape with its channels on `axis`.
 *
 * @param shape non-negative integers, any rank from 1 on
 * @param axis the channel axis; negative counts from the end
 * @throws ShapeError (`ERR_SHAPE`) for a size that is negative or no integer
 * @throws OptionError for an axis outside the shape
 */
export function view(shape: readonly number[], axis: number): View {
  checkShape(shape);
  const rank = shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new OptionError(
      `axis must be an integer from ${-rank} to ${rank - 1} for the shape ${describeShape(shape)}, got ${describe(axis)}`,
    );
  }
  const at = axis < 0 ? axis + rank : axis;
  return {
    outer: product(shape, 0, at),
    channels: shape[at] as number,
    inner: product(shape, at + 1, rank),
  };
}

/** The axis of the channels: 1 in channels-first, the last in channels-last. */
export function channelAxis(rank: number, layout: Layout): number {
  return layout === "channels-last" ? rank - 1 : 1;
}

/** The number of elements of a shape or a view. */
export function sizeOf(of: readonly number[] | View): number {
  return "outer" in of ? of.outer * of.channels * of.inner : product(of, 0, of.length);
}

/** m, the number of values that share one mean: every element of one channel. */
export function valuesPerChannel(v: View): number {
  return v.outer * v.inner;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** @throws ShapeError (`ERR_SHAPE`) unless the shape is a list of non-negative integers */
export function checkShape(shape: readonly number[]): void {
  if (!Array.isArray(shape)) {
    throw new ShapeError("ERR_SHAPE", `expected a shape such as [32, 64, 7, 7], got ${describe(shape)}`);
  }
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new ShapeError(
        "ERR_SHAPE",
        `every size of a shape must be a non-negative integer, got ${describe(size)} in [${shape.map(String).join(", ")}]`,
      );
    }
  }
}

/** @throws ShapeError (`ERR_CHANNELS`) unless a shape has one element for each channel of the view */
export function checkOnePerChannel(name: string, shape: readonly number[], { channels }: View): void {
  if (sizeOf(shape) === channels) return;
  throw new ShapeError(
    "ERR_CHANNELS",
    `${name} must hold one value for each of the ${channels} channels, got shape ${describeShape(shape)}`,
  );
}

function product(sizes: readonly number[], from: number, to: number): number {
  let result = 1;
  for (let i = from; i < to; i++) result *= sizes[i] as number;
  return result;
}
