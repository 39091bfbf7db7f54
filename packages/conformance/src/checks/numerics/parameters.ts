import type { Check } from "../../check.js";
import { ordinary } from "./batch.js";
import { type HardData, hardChecks } from "./hard-case.js";

/** Named sizes of weight and bias. */
const parameters: readonly (readonly [string, number, number])[] = [
  ["a weight of 0", 0, 1],
  ["a bias of 0", 1, 0],
  ["a negative weight", -3, 0.5],
  ["a bias that dwarfs the weight", 1e-3, 1e4],
  ["a weight that dwarfs the bias", 1e4, 1e-3],
  ["tiny weight and bias", 1e-20, 1e-20],
  ["huge weight and bias", 1e20, 1e20],
];

const parametersChecks = (name: string, more: Partial<HardData>) =>
  hardChecks("parameters-of-any-size", name, { data: "ordinary", fill: ordinary, modes: ["train", "eval"], ...more });

export const parameterChecks: readonly Check[] = [
  ...[null, "relu" as const].flatMap((activation) =>
    parametersChecks(activation === null ? "random parameters" : "random parameters, with ReLU", {
      weight: (random) => random.normal(),
      options: { activation },
    }),
  ),
  ...parameters.flatMap(([name, weight, bias]) => parametersChecks(name, { weight: () => weight, bias: () => bias })),
  ...[1e-12, 1e-3, 1, 1e6].flatMap((eps) => parametersChecks(`eps ${eps}`, { options: { eps } })),
  ...[1e-30, 1e-10, 1e10, 1e30].flatMap((size) =>
    parametersChecks(`gradients of about ${size}`, { dy: (random) => size * (0.5 + random.normal()) }),
  ),
];
