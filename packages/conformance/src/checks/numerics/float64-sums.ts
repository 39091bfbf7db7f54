import type { Check } from "../../check.js";
import type { Random } from "../random.js";
import type { CheckOptions } from "../typed-checks.js";
import { type Fill, ordinary } from "./batch.js";
import { type HardData, hardChecks, statistics } from "./hard-case.js";

/** Too small to change a 1 in float32, though not a hundred of them together. */
const crumb = 2 ** -25;

/** 0, 1 and crumbs: a sum in float32 stays at 1, wherever it starts. */
const oneAndCrumbs: Fill = (_, c, i) => (i === 0 ? 0 : i === 1 ? 1 : (1 + (c % 3)) * crumb);

/** 1 and -1 in turn, so that the mean is 0 and the deviation 1, exactly. */
const sign = (i: number) => (i % 2 === 0 ? 1 : -1);
const signs: Fill = (_, __, i) => sign(i);

/** As `oneAndCrumbs`, in sums of dy and of dy x-hat for x of `signs`. */
const crumbsOfGradient: Fill = (_, c, i) => (i === 0 ? 1 : (i % 2 === 0 ? 3 + c : 1) * crumb);

const uniform = (random: Random) => 2 * random.uniform() - 1;

const small = [
  { outer: 1, channels: 2, inner: 120 },
  { outer: 60, channels: 3, inner: 1 },
  { outer: 12, channels: 2, inner: 10 },
];

const gradients = [...statistics, "dweight", "dbias"] as const;

const sums = (name: string, fill: Fill, more: Partial<HardData> = {}, options?: CheckOptions) =>
  hardChecks("float64-sums", name, { data: "ordinary", fill, judges: gradients, ...more }, options);

export const float64SumsChecks: readonly Check[] = [
  ...sums("terms that are lost one by one beside a large one", oneAndCrumbs, { views: small, judges: statistics }),
  ...sums("terms of gradients that are lost one by one beside a large one", signs, {
    dy: crumbsOfGradient,
    views: small,
  }),
  ...sums("random values", ordinary),
  ...sums("values of which most are 0", (random, _, i) => (i === 0 ? 0 : Math.max(0, random.normal() - 1)), {
    dy: (random) => Math.max(0, random.normal() - 1),
  }),
  ...sums(
    "two hundred thousand random values in a channel",
    (random, _, i) => sign(i) * (0.5 + random.uniform()),
    {
      // goes with x, so that the sums grow with the number of values
      dy: (random, _, i) => 0.5 + sign(i) + random.normal(),
      views: [
        { outer: 1, channels: 1, inner: 200_003 },
        { outer: 100_003, channels: 2, inner: 1 },
      ],
    },
    { large: true },
  ),
  // a first value, and so a shift, wherever chance puts it: the worst of many channels is what bounds have to allow
  ...sums(
    "random values in many channels",
    (random, c) => (c % 200) / 100 - 1 + uniform(random),
    {
      dy: uniform,
      judges: [...gradients, "y", "dx"],
      views: [
        { outer: 1, channels: 1000, inner: 225 },
        { outer: 2, channels: 1000, inner: 64 },
        { outer: 225, channels: 600, inner: 1 },
      ],
    },
    { large: true },
  ),
];
