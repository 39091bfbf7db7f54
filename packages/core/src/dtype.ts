import { awaitHint, DTypeError, describe } from "./errors.js";

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
    `expected a Float32Array, Float64Array, Uint8Array or an array of numbers, got ${describe(values)}${conversionHint(values)}`,
  );
}

/** What a message adds where values came that one step more makes numbers of. */
export function conversionHint(values: unknown): string {
  switch (Object.prototype.toString.call(values).slice("[object ".length, -1)) {
    case "Float16Array":
      return "; Float32Array.from(values) converts it";
    case "Uint16Array":
      return "; a Uint16Array may hold half-precision numbers, which have to be decoded to float32 first; integers are converted by Float32Array.from(values)";
    case "Int8Array":
    case "Int16Array":
    case "Int32Array":
    case "Uint32Array":
      return "; integers are not converted unasked: Float32Array.from(values) does";
    case "BigInt64Array":
    case "BigUint64Array":
      return "; integers are not converted unasked: Float32Array.from(values, Number) does";
    case "Uint8Array":
    case "Uint8ClampedArray":
    case "ArrayBuffer":
    case "SharedArrayBuffer":
    case "DataView":
      return "; bytes that hold floats are read by new Float32Array(buffer, byteOffset, length)";
    case "Object":
      return objectHint(values as object);
    default:
      return awaitHint(values);
  }
}

function objectHint(values: object): string {
  if ("data" in values && typeof values.data === "function") return "; give a tensor's numbers: await tensor.data()";
  if ("0" in values && !("length" in values)) {
    return "; JSON turns a typed array into an object: store Array.from(values)";
  }
  return awaitHint(values);
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
