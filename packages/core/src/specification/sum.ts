/**
 * The sum of `terms(0) .. terms(m - 1)`.
 *
 * What each addition rounds off is kept and added at the end (Neumaier 1974), so that ten million terms far
 * from zero cost the reference no digits. The formulas that use it stay those of the paper.
 */
export function sum(m: number, terms: (i: number) => number): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < m; i++) {
    const term = terms(i);
    const next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}
