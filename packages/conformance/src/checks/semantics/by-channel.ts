/**
 * Data of few values, each exact in every type: deviations of 1 from a mean, so that the variance is 1 and with eps 3
 * the normalized values are 1/2 and -1/2, and each result can be told by hand.
 */

/** Values by channel as a tensor (N, C). */
export function arranged(...channels: readonly (readonly number[])[]): number[] {
  return interleaved(channels, 1);
}

/** Values by channel as a tensor (N, C, inner); `inner` is 1 where there is none, and in channels-last. */
export function interleaved(channels: readonly (readonly number[])[], inner: number): number[] {
  const outer = (channels[0]?.length ?? 0) / inner;
  return Array.from({ length: outer }, (_, o) =>
    channels.flatMap((channel) => channel.slice(o * inner, (o + 1) * inner)),
  ).flat();
}

/** Small enough to be lost beside a variance of 1: what is computed with it tells nothing of eps. */
export const negligibleEps = 2 ** -60;

const channels = [
  [4, 2, 4, 2],
  [-1, -1, -3, -3],
] as const;

const gradients = [
  [4, 0, -8, 8],
  [1, 2, 4, 9],
] as const;

/** Two channels of mean 3 and -2 and variance 1, their signs in different orders. */
export const unit = {
  channels,
  x: arranged(...channels),
  shape: [4, 2],
  /** running statistics that are the batch's: by either, y is the same */
  running: { running_mean: [3, -2], running_var: [1, 1] },
} as const;

/** A gradient of y for `unit`: its sums are 4 and 16. */
export const unitGradient = arranged(...gradients);

/** What a layer in `state` makes of `unit` with eps 3 in training. */
export const trained = {
  state: { weight: [2, -4], bias: [1, 0.5], running_mean: [0, 0], running_var: [1, 1], num_batches_tracked: 0 },
  y: [
    [2, 0, 2, 0],
    [-1.5, -1.5, 2.5, 2.5],
  ],
  dy: gradients,
  dx: [
    [3.75, -1.75, -8.25, 6.25],
    [4.75, 2.75, 1.25, -8.75],
  ],
  dweight: [-6, -5],
  dbias: [4, 16],
} as const;

/** What running statistics that are not the batch's make of `unit` with eps 3. */
export const inferred = {
  state: { weight: [4, -4], bias: [1, 0.5], running_mean: [1, 0], running_var: [1, 13], num_batches_tracked: 5 },
  y: arranged([7, 3, 7, 3], [1.5, 1.5, 3.5, 3.5]),
  dx: arranged([8, 0, -16, 16], [-1, -2, -4, -9]),
  dweight: [-2, -10.5],
  dbias: [4, 16],
} as const;
