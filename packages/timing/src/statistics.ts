import { logAverage, maxSorted, medianSorted, minSorted, quantileSorted } from "simple-statistics";

/** Order statistics of times in milliseconds. */
export interface Spread {
  readonly median: number;
  /** first and third quartile: half of all samples lie between them */
  readonly lower: number;
  readonly upper: number;
  readonly least: number;
  readonly most: number;
}

/** The median of samples with its spread. @throws Error without a sample */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new Error("expected at least one sample, got none");
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    median: medianSorted(sorted),
    lower: quantileSorted(sorted, 0.25),
    upper: quantileSorted(sorted, 0.75),
    least: minSorted(sorted),
    most: maxSorted(sorted),
  };
}

/** exp(mean(log)): the mean of ratios. */
export function geometricMean(values: readonly number[]): number {
  return logAverage([...values]);
}
