/**
 * The two-sided p of the rank-sum test (Wilcoxon 1945, Mann and Whitney 1947), exact also with ties: of all ways to
 * deal the pooled values to two samples of these sizes, the share whose sum of ranks is as far from its mean as this
 * one, or farther. Of five and five values that do not overlap it is 2/252.
 */
export function rankSumP(a: readonly number[], b: readonly number[]): number {
  const ranks = doubledRanks([...a, ...b]);
  const mean = a.length * (ranks.length + 1); // of doubled ranks
  const away = Math.abs(ranks.slice(0, a.length).reduce((sum, rank) => sum + rank, 0) - mean);
  let [all, asFar] = [0, 0];
  for (const [sum, ways] of waysToSum(ranks, a.length)) {
    all += ways;
    if (Math.abs(sum - mean) >= away) asFar += ways;
  }
  return asFar / all;
}

/** Twice the rank of each value, from 1; equal values share the mean of theirs, so twice it is whole. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** How many choices of so many of the ranks have each sum. */
function waysToSum(ranks: readonly number[], count: number): Map<number, number> {
  const ways = Array.from({ length: count + 1 }, () => new Map<number, number>());
  ways[0]?.set(0, 1);
  for (const rank of ranks) {
    for (let chosen = count; chosen > 0; chosen--) {
      for (const [sum, number] of ways[chosen - 1] ?? []) {
        ways[chosen]?.set(sum + rank, (ways[chosen]?.get(sum + rank) ?? 0) + number);
      }
    }
  }
  return ways[count] ?? new Map();
}
