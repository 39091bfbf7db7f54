import type { Check } from "../../check.js";
import type { RequirementName } from "../../requirements.js";
import type { Fill } from "./batch.js";
import { type HardData, hardChecks, statistics } from "./hard-case.js";

/** Noise about a mean; the first value lies near it, so that it is a good shift. */
const about =
  (mean: number): Fill =>
  (random, _, i) =>
    mean + (i === 0 ? 0.25 : random.normal());

/** Every float32 from 2^24 to 2^25 is even: noise of few digits, about a mean that is none of the values. */
const lastDigits: Fill = (random, _, i) => 2 ** 24 + 2 * (i === 0 ? 8 : random.integer(0, 16));

/** Two values, next to each other but for a few steps. */
const twoValues: Fill = (_, c, i) => 1 + c + (i % 3 === 1 ? 2 ** -20 : 0);

const offsets: readonly (readonly [string, Fill])[] = [
  ["1e6 + noise", about(1e6)],
  ["-1e6 + noise", about(-1e6)],
  ["1e4 + noise", about(1e4)],
  ["2^24 + noise of its last digits", lastDigits],
  ["two values, 2^-20 apart", twoValues],
];

/** 1e6 + noise, and its opposite, whose digits only float64 holds. */
const precise: Fill = (random, c, i) => (c % 2 === 0 ? 1 : -1) * 1e6 + (i === 0 ? 0.25 : random.normal());

/** 1e12 + noise of a hundred, of whole numbers. */
const far: Fill = (random, _, i) => 1e12 + (i === 0 ? 0 : Math.round(100 * random.normal()));

const inFloat64 = (requirement: RequirementName, more: Partial<HardData>) =>
  (
    [
      ["1e6 + noise of float64", precise],
      ["1e12 + noise", far],
    ] as const
  ).flatMap(([name, fill]) =>
    hardChecks(requirement, name, { values: "float64", data: "offset", fill, ...more }, { dtypes: ["float64"] }),
  );

export const shiftedVarianceChecks: readonly Check[] = [
  ...offsets.flatMap(([name, fill]) =>
    hardChecks("shifted-variance", name, { data: "offset", fill, judges: statistics }),
  ),
  ...inFloat64("shifted-variance", { judges: statistics }),
];

const modes = ["train", "eval"] as const;

export const meanInTwoPartsChecks: readonly Check[] = [
  ...offsets.flatMap(([name, fill]) => hardChecks("mean-in-two-parts", name, { data: "offset", fill, modes })),
  ...hardChecks("mean-in-two-parts", "1e6 + noise, with ReLU", {
    data: "offset",
    fill: about(1e6),
    modes,
    options: { activation: "relu" },
  }),
  ...inFloat64("mean-in-two-parts", { modes }),
];
