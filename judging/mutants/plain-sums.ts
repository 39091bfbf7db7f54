import type { Change } from "./mutant.js";

/**
 * A right backend that adds in float64 as most are written: one value after the other, one sum per channel, nothing
 * compensated. Its results are a little worse than ours, and `goals` have to accept them.
 */
export const plainSums: readonly Change[] = [
  { file: "backend-cpu/src/kernels/tiles.ts", replace: "const sumEvery = 64;", by: "const sumEvery = 2 ** 29;" },
  {
    file: "backend-cpu/src/kernels/moments.ts",
    replace: "sum += d0 + d1 + (d2 + d3);",
    by: "sum = sum + d0 + d1 + d2 + d3;",
  },
  {
    file: "backend-cpu/src/kernels/moments.ts",
    replace: "squares += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);",
    by: "squares = squares + d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;",
  },
  {
    file: "backend-cpu/src/kernels/sums.ts",
    replace: "return Number.isFinite(total) ? total + sums[at + stride] : total;",
    by: "return total;",
  },
  {
    file: "backend-cpu/src/kernels/sums.ts",
    replace: "sums[at + stride] += before - (after - added) + (term - added);",
    by: "sums[at + stride] = added;",
  },
];
