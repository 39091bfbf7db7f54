/** Commands worth trying, each with what it shows. */
const examples: readonly (readonly [command: string, shows: string])[] = [
  ["batchnorm explain dense", "N values share a mean"],
  ["batchnorm explain conv", "N H W values share a mean"],
  ["batchnorm explain --steps 100", "running statistics catch up"],
  ["batchnorm explain --momentum 0.01", "running statistics hardly move"],
  ["batchnorm explain --batch 2", "m = 2: xhat is plus or minus one"],
  ["batchnorm explain --batch 1", "m = 1: an error, and why"],
  ["batchnorm explain --eps 1", "an epsilon larger than a variance"],
  ["batchnorm explain --gamma 1 --beta 0", "the parameters before any training"],
];

/** The commands as lines. */
export function exampleLines(): string[] {
  const longest = Math.max(...examples.map(([command]) => command.length));
  return examples.map(([command, shows]) => `$ ${command.padEnd(longest)}  ${shows}`);
}
