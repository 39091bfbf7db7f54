import { inflateSync } from "node:zlib";
import { digitsBase64 } from "../generated/digits.js";

export const side = 28;
export const pixels = side * side;

let bytes: Uint8Array | undefined;

/**
 * A batch of handwritten digits of MNIST, 0 to 9 in turn.
 *
 * @param batch which batch: 0, 1, ...
 * @param n how many pictures
 * @returns n * 784 values in [0, 1]
 */
export function digits(batch: number, n: number): Float32Array {
  bytes ??= inflateSync(Buffer.from(digitsBase64, "base64"));
  const start = batch * n * pixels;
  return Float32Array.from(bytes.subarray(start, start + n * pixels), (value) => value / 255);
}
