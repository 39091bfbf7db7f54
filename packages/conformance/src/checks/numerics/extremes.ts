import type { Check } from "../../check.js";
import type { CheckOptions } from "../typed-checks.js";
import { type Fill, noise } from "./batch.js";
import { type HardData, hardChecks, results } from "./hard-case.js";

const noBias = { weight: () => 1, bias: () => 0 } as const;

/** Deviations of `size`, about a mean of the same size. */
const sized =
  (size: number): Fill =>
  (random, c, i, count) =>
    size * (0.5 + noise(random, c, i, count));

/** Some tens of float32's smallest number. */
const denormals: Fill = (random, _, i) => (i === 0 ? 5 : random.integer(-40, 50)) * 2 ** -149;

/**
 * Deviations that float32 holds, squares that it does not. From 1e20 on so is a running variance in float32: infinite is
 * what the specification's, rounded to the type, is then, and what is right.
 */
const overflowing = [1e18, 1e20, 1e30] as const;
const underflowing = [1e-15, 1e-23, 1e-30] as const;

const extreme = (name: string, fill: Fill, more: Partial<HardData> = {}, options?: CheckOptions) =>
  hardChecks("huge-and-tiny", name, { data: "extreme", fill, ...more }, options);

const turns: (huge: number) => Fill = (huge) => (random, c, i, count) =>
  (c % 2 === 0 ? huge : 1e-23) * noise(random, c, i, count);

export const hugeAndTinyChecks: readonly Check[] = [
  ...overflowing.flatMap((size) => extreme(`deviations of ${size}`, sized(size))),
  ...underflowing.flatMap((size) => [
    ...extreme(`deviations of ${size}`, sized(size), noBias),
    ...extreme(`deviations of ${size}, beside an eps that is smaller`, sized(size), {
      options: { eps: size * size },
      // such gradients are huge
      dy: (random) => size * (0.5 + random.normal()),
    }),
  ]),
  ...extreme("denormals", denormals, noBias),
  ...extreme("denormals that a large weight makes visible", denormals, { weight: () => 1e30, bias: () => 0 }),
  ...extreme("huge and tiny channels in turn", turns(1e20)),
  ...extreme("tiny values beside a huge one", (random, _, i) => (i === 5 ? 1e20 : 1e-23 * random.normal()), noBias),
  ...extreme("statistics of 1e20 and 1e-23 in eval", turns(1e18), { modes: ["train", "eval"], judges: results }),
  ...[1e140, 1e-140].flatMap((size) =>
    extreme(`deviations of ${size}`, sized(size), { values: "float64", ...noBias }, { dtypes: ["float64"] }),
  ),
];
