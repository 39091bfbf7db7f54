import { type GradientSums, isMoments, type Moments, type Source, type Statistics, type Tensor } from "./backend.js";
import type { DType, Values } from "./dtype.js";
import { DTypeError, describe, describeShape, OptionError, ShapeError, TensorError } from "./errors.js";
import { checkShape, sameShape, sizeOf, type View } from "./view.js";

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

/** @throws DTypeError unless a backend computes in a type */
export function checkComputes(type: DType, computed: readonly DType[], backend: string): void {
  if (computed.includes(type)) return;
  throw new DTypeError(
    `the ${backend} backend computes in ${computed.join(" and ")}, got ${type}; ask for dtype "${computed[0]}", or use a backend that computes in ${type}, such as createCpuBackend()`,
  );
}

/** @throws ShapeError unless a tensor has the shape of another */
export function checkSameShape(shape: readonly number[], as: readonly number[]): void {
  if (sameShape(shape, as)) return;
  throw new ShapeError("ERR_SHAPE", `expected a tensor of shape ${describeShape(as)}, got ${describeShape(shape)}`);
}

/** @throws ShapeError unless a tensor has as many elements as its view */
export function checkElements(shape: readonly number[], { outer, channels, inner }: View): void {
  const viewed = [outer, channels, inner];
  if (sizeOf(shape) === sizeOf(viewed)) return;
  throw new ShapeError(
    "ERR_SHAPE",
    `a tensor of shape ${describeShape(shape)} has ${sizeOf(shape)} elements, but its view ${describeShape(viewed)} has ${sizeOf(viewed)}`,
  );
}

/** What a tensor that is given for a result is besides. */
export interface OutAliases {
  readonly isX: boolean;
  readonly isState: boolean;
  /** a parameter or a statistic of the same call */
  readonly isOther: boolean;
}

/** @throws TensorError where what is given for a result is an input other than dy, or a state */
export function checkOut({ isX, isState, isOther }: OutAliases): void {
  const wrong = isX
    ? "x: backward reads x again; out may be dy, no other input"
    : isState
      ? "a state: a parameter, a gradient or a statistic"
      : isOther
        ? "a parameter or statistic: it may be dy, no other input"
        : null;
  if (wrong !== null) throw new TensorError("ERR_ALIAS", `out must not be ${wrong}`);
}

/** Numbers by channel that a backend has made: moments, gradient sums. */
export interface OwnedPerChannel {
  readonly owner: object;
  readonly channels: number;
}

/**
 * @param what as people read it: "moments"
 * @param backend as people read it: "cpu"
 * @param view whose channels they have to have, where one is known
 * @throws TensorError unless a backend has made them, OptionError for another number of channels
 */
export function checkOwnPerChannel<Kind extends OwnedPerChannel>(
  value: unknown,
  kind: abstract new (...args: never) => Kind,
  owner: object,
  { what, backend, view }: { readonly what: string; readonly backend: string; readonly view: View | undefined },
): Kind {
  if (!(value instanceof kind) || value.owner !== owner) {
    throw new TensorError(
      "ERR_FOREIGN_TENSOR",
      `expected ${what} of this ${backend} backend, got ${describe(value)}; export and import bring those of another backend here`,
    );
  }
  if (view !== undefined && value.channels !== view.channels) {
    throw new OptionError(`expected ${what} of ${view.channels} channels, got ${value.channels}`);
  }
  return value;
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
      `expected moments as export() gives them, [count, C means, C low parts, C sums of squares], got ${describe(values)} with count ${describe(count)}`,
    );
  }
  for (let c = 0; c < channels; c++) {
    const m2 = values[1 + 2 * channels + c] as number;
    if (m2 < 0) {
      throw new OptionError(
        `expected sums of squared deviations of 0 or more, got ${m2} for channel ${c}; pass on what export() gave as it was`,
      );
    }
  }
  return channels;
}

/** The number of channels of exported gradient sums. @throws OptionError unless the array can be such sums */
export function channelsOfGradientSums(values: Float64Array): number {
  const channels = checkFloat64(values, "gradient sums").length / 2;
  if (!Number.isInteger(channels) || channels < 1) {
    throw new OptionError(
      `expected gradient sums as export() gives them, [C sums of dy, C sums of dy (x - mean)], got ${describe(values)}`,
    );
  }
  return channels;
}

/** Whether what was given for a source is meant as statistics: which it is by `isMoments` where it is any source at all. */
export function looksLikeStatistics<T>(source: Moments | Statistics<T>): source is Statistics<T> {
  return typeof source === "object" && source !== null && "mean" in source && !("count" in source);
}

/** @throws OptionError for gradient sums behind given statistics, which are constants: no gradient flows through them */
export function checkSumsOf(source: Source<never> | Source<Tensor>, sums: GradientSums | null): void {
  if (sums === null || isMoments(source)) return;
  throw new OptionError(
    "gradient sums are those of a batch and go with its moments; by given statistics sums must be null",
  );
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
