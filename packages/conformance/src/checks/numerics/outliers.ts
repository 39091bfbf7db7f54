import type { Check } from "../../check.js";
import type { Random } from "../random.js";
import type { CheckOptions } from "../typed-checks.js";
import type { Fill } from "./batch.js";
import { type HardData, hardChecks, statistics } from "./hard-case.js";

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

/** How often a pixel is not 0: from hardly ever, at the border of an image, to half of the time. */
const inkOf = (c: number) => ((c % 28) + 1) / 56;

/** 0, or one of the 255 other grey values. */
const pixel = (random: Random, ink: number) => (random.uniform() < ink ? Math.ceil(255 * random.uniform()) / 255 : 0);

/** 0, or mostly 1: of terms that are equal the roundings are equal too, and add up. */
const black = (random: Random, ink: number) => (random.uniform() < ink ? Math.min(1, 3 * random.uniform()) : 0);

/** What a filter makes of such an image: 0 in the empty border, both signs where there is ink. */
function edge(random: Random, c: number, i: number): number {
  return isBorder(i) ? 0 : pixel(random, 0.5) - (c / 4) * pixel(random, 0.5);
}

/** Whether a pixel of images of 28 x 28 is where no ink is. */
function isBorder(i: number): boolean {
  const [row, column] = [Math.floor(i / 28) % 28, i % 28];
  return row < 4 || row > 23 || column < 4 || column > 23;
}

/**
 * Images of thick lines first and thin ones then, and the gradient of half their squared distance to images in the other
 * order: sums of it drift away from 0 and back.
 */
function imagesAndDistances(image: (random: Random, c: number, i: number, ink: number) => number): {
  readonly fill: Fill;
  readonly dy: Fill;
} {
  const [thick, thin] = [0.6, 0.3];
  const drawn = new Map<string, number>();
  return {
    fill: (random, c, i, count) => {
      const value = image(random, c, i, i < count / 2 ? thick : thin);
      drawn.set(`${c} ${i}`, value);
      return value;
    },
    dy: (random, c, i, count) => (drawn.get(`${c} ${i}`) as number) - image(random, c, i, i < count / 2 ? thin : thick),
  };
}

const shifted = (name: string, hard: Omit<HardData, "data"> & Partial<HardData>, options?: CheckOptions) =>
  hardChecks("badly-chosen-shift", name, { data: "ordinary", ...hard }, options);

export const badlyChosenShiftChecks: readonly Check[] = [
  ...places.flatMap(([name, fill]) => shifted(name, { data: "outlier", fill, views: long })),
  ...places.flatMap(([name, fill]) => shifted(`${name}, of few values`, { data: "outlier", fill })),
  ...shifted(
    "the first of a million values an outlier",
    {
      data: "outlier",
      fill: outlier(1e6, (i) => i === 0),
      judges: statistics,
      views: [{ outer: 2 ** 20 + 3, channels: 1, inner: 1 }],
    },
    { large: true },
  ),
  // sums of tens of thousands of terms of one sign, of which most are equal: their roundings add up
  ...shifted("filtered images in few channels", {
    fill: edge,
    dy: (random, c, i) => edge(random, c, i) - edge(random, c, i),
    options: { momentum: 1 },
    views: [
      { outer: 16, channels: 6, inner: 784 },
      { outer: 12_544, channels: 6, inner: 1 },
      { outer: 25_088, channels: 6, inner: 1 },
      { outer: 40, channels: 1, inner: 784 },
    ],
  }),
  ...shifted("filtered images and their distances to others", {
    ...imagesAndDistances((random, c, i, ink) => (isBorder(i) ? 0 : black(random, ink) - (c / 4) * black(random, ink))),
    options: { momentum: 1 },
    views: [
      { outer: 16, channels: 6, inner: 784 },
      ...[16, 17, 18, 19].map((images) => ({ outer: 784 * images, channels: 6, inner: 1 })),
    ],
  }),
  ...shifted("images of one channel and their distances to others", {
    ...imagesAndDistances((random, _, i, ink) => (isBorder(i) ? 0 : black(random, ink))),
    options: { momentum: 1 },
    views: [32, 34, 36, 38, 40, 42].map((outer) => ({ outer, channels: 1, inner: 784 })),
  }),
  // the pixels of small images, of which most are 0: in every fourth channel the first value is one of the few others
  ...shifted(
    "pixels in many channels",
    {
      fill: (random, c, i) => pixel(random, i === 0 && c % 4 === 0 ? 1 : inkOf(c)),
      views: [
        { outer: 64, channels: 784, inner: 1 },
        { outer: 2, channels: 784, inner: 32 },
      ],
    },
    { large: true },
  ),
];
