/**
 * What is hard about data, each with bounds of its own.
 *
 * - "ordinary": means of about the size of the deviations
 * - "offset": means a thousand deviations and more from zero
 * - "constant": all values of a channel are equal, or all but one
 * - "outlier": single values a thousand deviations and more from the rest
 * - "extreme": deviations of 1e-23 and less, of 1e18 and more, denormals, and both in one batch
 * - "long": ten million values in a channel
 */
export const dataClasses = ["ordinary", "offset", "constant", "outlier", "extreme", "long"] as const;
export type DataClass = (typeof dataClasses)[number];
