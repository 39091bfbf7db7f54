/**
 * The specification: batch normalization in float64, written to be read beside the paper, never optimised.
 * Every backend is judged by it.
 *
 * - algorithm1.ts: the transform of a mini-batch, for one activation
 * - gradients.ts: how gradients pass back through it
 * - algorithm2.ts: running statistics, inference
 * - feature-maps.ts: all of it on tensors of any shape and layout
 */
export * from "./algorithm1.js";
export * from "./algorithm2.js";
export * from "./feature-maps.js";
export * from "./gradients.js";
export { sum } from "./sum.js";
