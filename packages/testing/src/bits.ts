type FloatArray = Float32Array | Float64Array;

/** The bytes of floats, as text: equal only where every bit is, NaN and the sign of zero included. */
export function bits(values: FloatArray): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");
}
