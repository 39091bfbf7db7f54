/**
 * One sum per channel, added to strip by strip. What each addition rounds off is kept beside it
 * (Knuth's two-sum), so that the number of strips costs no accuracy.
 */
export interface Sums {
  readonly total: Float64Array;
  readonly lost: Float64Array;
}

/** sums[c] += term */
export function add(sums: Sums, c: number, term: number): void {
  const before = sums.total[c];
  const after = before + term;
  const added = after - before;
  sums.total[c] = after;
  sums.lost[c] += before - (after - added) + (term - added);
}

/** The sum of channel c, corrected. Not finite: as it is, since the correction is then NaN. */
export function sumOf(sums: Sums, c: number): number {
  const total = sums.total[c];
  return Number.isFinite(total) ? total + sums.lost[c] : total;
}

export function clear(sums: Sums): void {
  sums.total.fill(0);
  sums.lost.fill(0);
}
