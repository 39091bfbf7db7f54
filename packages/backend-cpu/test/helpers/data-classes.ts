import { type Fill, ordinary } from "./batch.js";

export interface DataClass {
  readonly name: string;
  readonly fill: Fill;
}

/** Kinds of data, each hard in a way of its own. */
export const dataClasses: readonly DataClass[] = [
  { name: "normal", fill: ordinary },
  { name: "1e6 + noise", fill: (random) => 1e6 + random.normal() },
  { name: "-1e6 + noise", fill: (random) => -1e6 + random.normal() },
  { name: "constant", fill: (_, c) => 0.1 * (c + 1) },
  { name: "constant 0", fill: () => 0 },
  { name: "tiny, 1e-23", fill: (random) => 1e-23 * (1 + random.normal()) },
  { name: "huge, 1e18", fill: (random) => 1e18 * (1 + random.normal()) },
  { name: "first value an outlier", fill: (random, _, i) => (i === 0 ? 1e6 : random.normal()) },
  { name: "last value an outlier", fill: (random, _, i) => (i === 40 ? -1e6 : random.normal()) },
  { name: "an outlier on a constant", fill: (_, c, i) => (i === 0 ? 1e5 : c) },
  { name: "alternating huge and tiny channels", fill: (random, c) => (c % 2 === 0 ? 1e18 : 1e-23) * random.normal() },
  { name: "alternating sign, mean zero", fill: (_, c, i) => (i % 2 === 0 ? 1 : -1) * (c + 1.5 + (i >> 1) / 64) },
  { name: "mostly zeros", fill: (random) => (random.uniform() < 0.9 ? 0 : random.uniform()) },
  { name: "two values, one step apart", fill: (_, c, i) => 1 + c + (i % 3 === 0 ? 2 ** -20 : 0) },
];
