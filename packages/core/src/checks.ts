import type { Values } from "./dtype.js";
import { describe, describeShape, OptionError, ShapeError } from "./errors.js";
import { checkShape, sizeOf } from "./view.js";

/** Positions in a tensor are int32 on every engine, and so is the one a stride behind the last. */
const mostElements = 2 ** 30;

/** @throws ShapeError unless there are as many values as the shape has elements, and at most 2^30 */
export function checkValues(values: Values, shape: readonly number[]): void {
  checkShape(shape);
  if (sizeOf(shape) > mostElements) {
    throw new ShapeError(
      "ERR_SHAPE",
      `a tensor has at most ${mostElements} elements, but the shape ${describeShape(shape)} has ${sizeOf(shape)}; split the batch`,
    );
  }
  if (values.length !== sizeOf(shape)) {
    const hint = Array.isArray(values[0]) ? "; give the values flat and their shape beside them" : "";
    throw new ShapeError(
      "ERR_LENGTH",
      `the shape ${describeShape(shape)} has ${sizeOf(shape)} elements, but ${values.length} values came${hint}`,
    );
  }
}

/** @throws OptionError where count - correction leaves nothing to divide by */
export function checkCorrection(count: number, correction: 0 | 1): void {
  if (count - correction > 0) return;
  throw new OptionError(
    `a variance of ${count} value per channel with correction ${correction} divides by ${count - correction}; use more values, or correction 0`,
  );
}

/** The number of channels of exported moments. @throws OptionError unless the array can be moments */
export function channelsOfMoments(values: Float64Array): number {
  const channels = (checkFloat64(values, "moments").length - 1) / 3;
  const count = values[0] ?? Number.NaN;
  if (!Number.isInteger(channels) || channels < 1 || !Number.isSafeInteger(count) || count < 0) {
    throw new OptionError(
      `expected moments as exportMoments gives them, [count, C means, C low parts, C sums of squares], got ${describe(values)} with count ${describe(count)}`,
    );
  }
  return channels;
}

/** The number of channels of exported gradient sums. @throws OptionError unless the array can be such sums */
export function channelsOfGradientSums(values: Float64Array): number {
  const channels = checkFloat64(values, "gradient sums").length / 2;
  if (!Number.isInteger(channels) || channels < 1) {
    throw new OptionError(
      `expected gradient sums as exportGradientSums gives them, [C sums of dy, C sums of dy (x - mean)], got ${describe(values)}`,
    );
  }
  return channels;
}

/** @throws OptionError unless there is a part and all have as many channels */
export function checkParts(parts: readonly { readonly channels: number }[]): number {
  const channels = parts[0]?.channels;
  if (channels === undefined) throw new OptionError("expected at least one part to merge, got none");
  const other = parts.find((part) => part.channels !== channels);
  if (other !== undefined) {
    throw new OptionError(`parts to merge must have as many channels, got ${channels} and ${other.channels}`);
  }
  return channels;
}

function checkFloat64(values: Float64Array, what: string): Float64Array {
  if (values instanceof Float64Array) return values;
  throw new OptionError(`expected ${what} as a Float64Array, got ${describe(values)}`);
}
