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
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    least: quantile(sorted, 0),
    most: quantile(sorted, 1),
  };
}

/** Between the two nearest samples, linearly. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at - Math.floor(at)) * (above - below);
}

/** exp(mean(log)): the mean of ratios. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
