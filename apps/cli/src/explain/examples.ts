import type { Example } from "../examples.js";

/** Commands worth trying, each with what it shows. */
export const explainExamples: readonly Example[] = [
  ["explain dense", "N values share a mean"],
  ["explain conv", "N H W values share a mean"],
  ["explain --steps 100", "running statistics catch up"],
  ["explain --momentum 0.01", "running statistics hardly move"],
  ["explain --batch 2", "m = 2: xhat is plus or minus one"],
  ["explain --batch 1", "m = 1: an error, and why"],
  ["explain --eps 1", "an epsilon larger than a variance"],
  ["explain --gamma 1 --beta 0", "the parameters before any training"],
];
