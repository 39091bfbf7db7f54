import { type DType, type FloatArray, sizeOf, type View, valuesPerChannel } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import type { Check } from "../../check.js";
import type { Case, Mode } from "../../judging/case.js";
import { caseChecks } from "../case-check.js";
import { Random } from "../random.js";
import { byChannel, type Fill, filled, sizes, squaringEps } from "./batch.js";
import { passOf, results } from "./hard-case.js";

const activations = [null, "relu"] as const;

/**
 * Whole numbers about a whole mean: value `i` from the end lies as far below it as value `i` lies above. All sums are
 * exact however they are made, so that nothing but a wrong element makes a result wrong. All channels have the same
 * variance.
 */
const wholeNumbers: Fill = (_, c, i, count) => {
  const mirrored = count - 1 - i;
  const mean = ((5 * c) % 7) - 3;
  if (i === mirrored) return mean;
  const nearer = Math.min(i, mirrored);
  const size = 1 + ((nearer * 5 + (nearer >> 3)) % 7);
  return mean + (i === nearer ? size : -size) * ((nearer + c) % 3 === 1 ? -1 : 1);
};

const wholeGradient: Fill = (random) => random.integer(-3, 5);

/** The same values as a part of a larger array, at an odd place. */
function unaligned(values: FloatArray, dtype: DType): FloatArray {
  const whole = floatArray(dtype, values.length + 3);
  const from = 1 + (values.length % 2) * 2;
  whole.set(values, from);
  return whole.subarray(from, from + values.length);
}

function caseOf(view: View, activation: Case["options"]["activation"], dtype: DType): Case {
  const { channels } = view;
  const random = new Random(sizeOf(view));
  const values = {
    x: unaligned(filled(view, wholeNumbers, random, dtype), dtype),
    dy: unaligned(filled(view, wholeGradient, random, dtype), dtype),
  };
  // one value per channel has no batch statistics
  const modes: readonly Mode[] = valuesPerChannel(view) === 1 ? ["eval"] : ["eval", "train"];
  const eps = squaringEps(view, values.x);
  return {
    name: `${sizes(view)}${activation === null ? "" : ` with ${activation}`}`,
    about: "outer x channels x inner",
    options: {
      kind: "BatchNorm1d",
      numFeatures: channels,
      eps,
      momentum: 0.5,
      dtype,
      activation: activation ?? null,
    },
    state: {
      weight: byChannel(channels, (c) => (c % 2 === 0 ? 1 : -1) * 2 ** (c % 3)),
      // with a bias ReLU would cut elsewhere than at the mean, which is exact
      bias: byChannel(channels, (c) => (activation === null ? (c % 5) - 2 : 0)),
      running_mean: byChannel(channels, (c) => (c % 3) + 0.25),
      running_var: byChannel(channels, (c) => 4 ** (4 + (c % 2)) - eps),
      num_batches_tracked: 0,
    },
    judges: results,
    steps: modes.map((mode) => ({ do: "pass", pass: passOf(mode, view, values), accumulate: false })),
  };
}

function sizesChecks(name: string, all: readonly View[], large = false): Check[] {
  return activations.flatMap((activation) =>
    caseChecks(
      "every-element",
      activation === null ? name : `${name}, with ${activation}`,
      function* (dtype) {
        for (const view of all) yield caseOf(view, activation, dtype);
      },
      { large },
    ),
  );
}

const upTo130 = Array.from({ length: 130 }, (_, i) => i + 1);

/** Triples of sizes from 1 to 130 that hold no more than `most` elements. */
function* triples(count: number, most: number): Generator<View> {
  const random = new Random(130);
  for (let found = 0; found < count; ) {
    const view = { outer: random.integer(1, 130), channels: random.integer(1, 130), inner: random.integer(1, 130) };
    if (sizeOf(view) > most) continue;
    found++;
    yield view;
  }
}

/** Where blocks, tiles and groups of threads end: at powers of two. */
const blockEdges = [255, 256, 257, 511, 513, 1023, 1024, 1025, 2047, 2049, 4095, 4096, 4097, 8191, 8193];

export const everyElementChecks: readonly Check[] = [
  ...sizesChecks(
    "1 to 130 values of a channel in a row",
    upTo130.map((inner) => ({ outer: 1 + (inner % 3), channels: 1 + (inner % 2), inner })),
  ),
  ...sizesChecks(
    "1 to 130 rows",
    upTo130.map((outer) => ({ outer, channels: 1 + (outer % 5), inner: 1 })),
  ),
  ...sizesChecks(
    "1 to 130 channels side by side",
    upTo130.map((channels) => ({ outer: 2 + (channels % 4), channels, inner: 1 })),
  ),
  ...sizesChecks(
    "1 to 130 channels of a few values in a row",
    upTo130
      .filter((channels) => channels % 3 === 1)
      .map((channels) => ({ outer: 1 + (channels % 2), channels, inner: 2 + (channels % 7) })),
  ),
  // for who takes several rows as one, so that some are left over
  ...sizesChecks("many rows of a few channels of a few values", [
    { outer: 142, channels: 15, inner: 13 },
    { outer: 255, channels: 17, inner: 11 },
    { outer: 301, channels: 5, inner: 3 },
    { outer: 1003, channels: 3, inner: 1 },
  ]),
  ...sizesChecks("rows, channels and values in a row from 1 to 130", [...triples(24, 4000)]),
  ...sizesChecks("rows, channels and values in a row from 1 to 130, in larger batches", [...triples(16, 40_000)], true),
  ...sizesChecks(
    "sizes around powers of two",
    blockEdges.flatMap((size) => [
      { outer: 1, channels: 1, inner: size },
      { outer: size, channels: 2, inner: 1 },
      { outer: 3, channels: size, inner: 1 },
      { outer: size, channels: 1, inner: 3 },
    ]),
    true,
  ),
  ...sizesChecks(
    "sizes around 2^16",
    [
      { outer: 1, channels: 1, inner: 65_537 },
      { outer: 65_537, channels: 1, inner: 1 },
      { outer: 2, channels: 65_537, inner: 1 },
    ],
    true,
  ),
];
