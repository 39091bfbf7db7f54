/**
 * The moments of one channel over a part of the batch: `count` values with mean `mean` and sum of squared
 * deviations `m2` (so that the variance is `m2 / count`).
 */
export interface ChannelMoments {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
}

/** The moments of no values at all: merging them in changes nothing, to the bit. */
export const noMoments: ChannelMoments = { count: 0, mean: 0, m2: 0 };

/**
 * The moments of a whole from those of its parts, in any order and number:
 *
 *     delta = mean_b - mean_a
 *     mean  = mean_a + delta n_b / (n_a + n_b)
 *     M2    = M2_a + M2_b + delta^2 n_a n_b / (n_a + n_b)
 *
 * Infinite means of one sign merge to that infinity, of both to NaN, and M2 is NaN then.
 *
 * Source: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
 * variances", Stanford STAN-CS-79-773, 1979. Empty parts are left out exactly.
 */
export function mergeMoments(parts: Iterable<ChannelMoments>): ChannelMoments {
  let merged = noMoments;
  for (const part of parts) merged = mergeTwo(merged, part);
  return merged;
}

function mergeTwo(a: ChannelMoments, b: ChannelMoments): ChannelMoments {
  if (b.count === 0) return a;
  if (a.count === 0) return b;
  const count = a.count + b.count;
  if (!Number.isFinite(a.mean) || !Number.isFinite(b.mean)) return { count, mean: a.mean + b.mean, m2: Number.NaN };
  const delta = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (delta * b.count) / count,
    m2: a.m2 + b.m2 + delta * delta * a.count * (b.count / count),
  };
}
