import { DTypeError, describe } from "./errors.js";

/** The types that tensors are computed in. */
export type DType = "float32" | "float64";

export type FloatArray = Float32Array | Float64Array;

/** What becomes a tensor: floats, plain numbers, or bytes (pixels). */
export type Values = FloatArray | Uint8Array | Uint8ClampedArray | readonly number[];

export const dtypes: readonly DType[] = ["float32", "float64"];

/** A new array of `length` zeros. */
export function floatArray(dtype: DType, length: number): FloatArray {
  return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}

/**
 * The type of a tensor made from `values`: what was asked for; else float64 for a `Float64Array`, so that
 * no precision is lost unasked; else float32.
 *
 * @throws DTypeError for an unknown type, and for values that are not floats, numbers or bytes
 */
export function dtypeFor(values: Values, asked?: DType): DType {
  if (asked !== undefined && !dtypes.includes(asked)) {
    throw new DTypeError(`dtype must be "float32" or "float64", got ${describe(asked)}`);
  }
  if (values instanceof Float64Array) return asked ?? "float64";
  const bytes = values instanceof Uint8Array || values instanceof Uint8ClampedArray;
  if (values instanceof Float32Array || bytes || Array.isArray(values)) return asked ?? "float32";
  throw new DTypeError(
    `expected a Float32Array, Float64Array, Uint8Array or an array of numbers, got ${describe(values)}; ` +
      "integers are not converted unasked: Float32Array.from(values) does",
  );
}

/**
 * Copies values into floats.
 *
 * @throws DTypeError where a plain array holds something that is not a number; `to` is then partly written
 */
export function copyFloats(values: Values, to: FloatArray): void {
  if (Array.isArray(values)) {
    for (let i = 0; i < values.length; i++) {
      if (typeof values[i] !== "number") {
        const hint = Array.isArray(values[i]) ? "; give the values flat and their shape beside them" : "";
        throw new DTypeError(`expected numbers, got ${describe(values[i])} at index ${i}${hint}`);
      }
    }
  }
  to.set(values);
}
