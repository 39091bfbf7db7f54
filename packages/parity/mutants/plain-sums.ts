import type { Change } from "./mutant.js";

/**
 * A right backend that adds in float64 as most are written: one value after the other, one sum per channel, nothing
 * compensated. Its results are a little worse than ours, and `goals` have to accept them.
 */
export const plainSums: readonly Change[] = [
  { file: "backend-cpu/src/kernels/strips.ts", replace: "const longestRun = 128;", by: "const longestRun = 2 ** 29;" },
  {
    file: "backend-cpu/src/kernels/sums.ts",
    replace: "return Number.isFinite(total) ? total + sums.lost[c] : total;",
    by: "return total;",
  },
  {
    file: "backend-cpu/src/kernels/sums.ts",
    replace: "sums.lost[c] += before - (after - added) + (term - added);",
    by: "sums.lost[c] = added;",
  },
];
