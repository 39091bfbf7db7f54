import type { Check } from "../../check.js";
import type { Fill } from "./batch.js";
import { hardChecks, statistics } from "./hard-case.js";

const long = [
  { outer: 1, channels: 2, inner: 4099 },
  { outer: 4097, channels: 2, inner: 1 },
  { outer: 600, channels: 2, inner: 7 },
];

/** Noise, with an outlier where `where` says. */
const outlier =
  (value: number, where: (i: number, count: number) => boolean): Fill =>
  (random, _, i, count) =>
    where(i, count) ? value : random.normal();

const places: readonly (readonly [string, Fill])[] = [
  ["the first value an outlier", outlier(1e6, (i) => i === 0)],
  ["the last value an outlier", outlier(-1e6, (i, count) => i === count - 1)],
  ["an outlier in the middle", outlier(1e6, (i, count) => i === count >> 1)],
  ["outliers of either sign, the first two values", (random, _, i) => (i < 2 ? 1e6 * (1 - 2 * i) : random.normal())],
  ["an outlier first, the rest all the same", (_, c, i) => (i === 0 ? 1e5 : c)],
  ["an outlier first in every other channel", (random, c, i) => (i === 0 && c % 2 === 1 ? 1e6 : random.normal())],
];

export const badlyChosenShiftChecks: readonly Check[] = [
  ...places.flatMap(([name, fill]) => hardChecks("badly-chosen-shift", name, { data: "outlier", fill, views: long })),
  ...places.flatMap(([name, fill]) =>
    hardChecks("badly-chosen-shift", `${name}, of few values`, { data: "outlier", fill }),
  ),
  ...hardChecks(
    "badly-chosen-shift",
    "the first of a million values an outlier",
    {
      data: "outlier",
      fill: outlier(1e6, (i) => i === 0),
      judges: statistics,
      views: [{ outer: 2 ** 20 + 3, channels: 1, inner: 1 }],
    },
    { large: true },
  ),
];
