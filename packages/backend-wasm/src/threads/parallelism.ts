import { checkThreads, mostThreads } from "@batchnorm/core/checks";
import type { Place } from "./place.js";

/**
 * How many threads to compute on: as many as were asked for, else as the machine has.
 *
 * @throws OptionError unless it is an integer from 1 to 256
 */
export function threadsFor(asked: number | undefined, place: Place): number {
  checkThreads(asked);
  return asked ?? Math.min(place.parallelism(), mostThreads);
}
