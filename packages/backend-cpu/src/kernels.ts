/**
 * The kernels by type of tensor: one instance of the same source for float32, one for float64.
 *
 * A JavaScript engine compiles a function for the kinds of arrays that it has seen. A loop that has met both
 * would check the kind at every access from then on (some 40 % slower, measured), so that each kind has
 * functions of its own: scripts/generate.mjs copies the folder kernels/ to generated/float64-kernels/.
 */
import type { DType } from "@batchnorm/core";
import * as float64 from "./generated/float64-kernels/index.js";
import * as float32 from "./kernels/index.js";

export type Kernels = typeof float32;

export function kernelsFor(dtype: DType): Kernels {
  return dtype === "float32" ? float32 : float64;
}
