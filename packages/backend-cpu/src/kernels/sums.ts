/**
 * A sum at one place of an array, added to strip by strip. What each addition rounds off is kept `stride` further on
 * (Knuth's two-sum), so that the number of strips costs no accuracy.
 */
export function add(sums: Float64Array, at: number, stride: number, term: number): void {
  const before = sums[at];
  const after = before + term;
  const added = after - before;
  sums[at] = after;
  sums[at + stride] += before - (after - added) + (term - added);
}

/** The sum, corrected. Not finite: as it is, since the correction is then NaN. */
export function sumOf(sums: Float64Array, at: number, stride: number): number {
  const total = sums[at];
  return Number.isFinite(total) ? total + sums[at + stride] : total;
}
