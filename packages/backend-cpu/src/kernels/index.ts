/**
 * The loops over whole tensors. They compute in float64, whatever the tensors hold.
 *
 * This folder is instantiated twice, see kernels.ts.
 */
export { gradientSums } from "./gradient-sums.js";
export { inferenceInputGradient, trainingInputGradient } from "./input-gradient.js";
export { moments } from "./moments.js";
export { normalize } from "./normalize.js";
