import { OptionError } from "@batchnorm/core";
import { describe } from "@batchnorm/core/checks";
import type { Place } from "./place.js";

/** More helpers than any machine has use for are a mistake. */
const mostThreads = 256;

/**
 * How many threads to compute on: as many as were asked for, else as the machine has.
 *
 * @throws OptionError unless it is an integer from 1 to 256
 */
export function threadsFor(asked: number | undefined, place: Place): number {
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 1 && asked <= mostThreads)) {
    throw new OptionError(
      `threads must be an integer from 1 to ${mostThreads}, got ${describe(asked)}; leave it out for one per processor`,
    );
  }
  return asked ?? Math.min(place.parallelism(), mostThreads);
}
