/** The measure of error: units in the last place, at the scale of what a result is the sum of. */
export * from "./scales.js";
export * from "./ulp.js";
