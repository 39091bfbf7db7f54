import { sizeOf, type View, valuesPerChannel } from "@batchnorm/core";
import fc from "fast-check";
import type { Problem } from "../problems/problem.js";

/** The most samples of a batch, parts of one, and calls. */
const mostSamples = 5;

/** Sixteenths from -8 to 8: few digits, so that sums, shifts and squares of them are exact. */
const value = fc.integer({ min: -128, max: 128 }).map((sixteenths) => sixteenths / 16);

/** Eighths from -2 to 2, 0 among them. */
const parameter = fc.integer({ min: -16, max: 16 }).map((eighths) => eighths / 8);

const eps = fc.constantFrom(2 ** -4, 2 ** -10, 2 ** -17);

/** Views of few values; `inner` goes over every remainder of a vector of 16. */
const views: fc.Arbitrary<View> = fc
  .record({
    outer: fc.integer({ min: 1, max: mostSamples }),
    channels: fc.integer({ min: 1, max: 5 }),
    inner: fc.integer({ min: 1, max: 18 }),
  })
  .filter((view) => valuesPerChannel(view) >= 2);

/** Views in which the mean of dyadic values has few digits, too: a power of two of values per channel. */
const evenViews: fc.Arbitrary<View> = fc.record({
  outer: fc.constantFrom(2, 4),
  channels: fc.integer({ min: 1, max: 5 }),
  inner: fc.constantFrom(1, 2, 4),
});

function list<V>(of: fc.Arbitrary<V>, length: number): fc.Arbitrary<V[]> {
  return fc.array(of, { minLength: length, maxLength: length });
}

function problemsOf(from: fc.Arbitrary<View>): fc.Arbitrary<Problem> {
  return from.chain((view) =>
    fc.record({
      view: fc.constant(view),
      x: list(value, sizeOf(view)),
      dy: list(value, sizeOf(view)),
      weight: fc.option(list(parameter, view.channels)),
      bias: fc.option(list(parameter, view.channels)),
      eps,
    }),
  );
}

/** Any training pass. */
export const problems = problemsOf(views);

/** Training passes whose mean and variance float32 holds exactly. */
export const exactProblems = problemsOf(evenViews);

/** An order of up to five things, independent of how many there are, so that both shrink by themselves. */
export const keys = list(fc.nat(99), mostSamples);

/** The numbers from 0 to length - 1 in the order of keys. */
export function orderBy(by: readonly number[], length: number): number[] {
  const indices = Array.from({ length }, (_, i) => i);
  return indices.sort((a, b) => (by[a] as number) - (by[b] as number));
}
