import type { Check } from "../../check.js";
import { type Fill, noise } from "./batch.js";
import { hardChecks, results } from "./hard-case.js";

const requirement = "huge-and-tiny";
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

export const hugeAndTinyChecks: readonly Check[] = [
  ...overflowing.flatMap((size) =>
    hardChecks(requirement, `deviations of ${size}`, { data: "extreme", fill: sized(size) }),
  ),
  ...underflowing.flatMap((size) => [
    ...hardChecks(requirement, `deviations of ${size}`, { data: "extreme", fill: sized(size), ...noBias }),
    ...hardChecks(requirement, `deviations of ${size}, beside an eps that is smaller`, {
      data: "extreme",
      fill: sized(size),
      options: { eps: size * size },
      // such gradients are huge
      dy: (random) => size * (0.5 + random.normal()),
    }),
  ]),
  ...hardChecks(requirement, "denormals", { data: "extreme", fill: denormals, ...noBias }),
  ...hardChecks(requirement, "denormals that a large weight makes visible", {
    data: "extreme",
    fill: denormals,
    weight: () => 1e30,
    bias: () => 0,
  }),
  ...hardChecks(requirement, "huge and tiny channels in turn", {
    data: "extreme",
    fill: (random, c, i, count) => (c % 2 === 0 ? 1e20 : 1e-23) * noise(random, c, i, count),
  }),
  ...hardChecks(requirement, "tiny values beside a huge one", {
    data: "extreme",
    fill: (random, _, i) => (i === 5 ? 1e20 : 1e-23 * random.normal()),
    ...noBias,
  }),
  ...hardChecks(requirement, "statistics of 1e20 and 1e-23 in eval", {
    data: "extreme",
    fill: (random, c, i, count) => (c % 2 === 0 ? 1e18 : 1e-23) * noise(random, c, i, count),
    modes: ["train", "eval"],
    judges: results,
  }),
  ...[1e140, 1e-140].flatMap((size) =>
    hardChecks(
      requirement,
      `deviations of ${size}`,
      { data: "extreme", fill: sized(size), values: "float64", ...noBias },
      { dtypes: ["float64"] },
    ),
  ),
];
