import { Random } from "../random.js";

/** Multiples of 1/8 from -4 to 4, never alike in two runs of the same length with another seed; a new array each time. */
export function dyadics(length: number, seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length }, () => random.integer(-32, 32) / 8);
}

/** 1/4 to 8, to be a variance. */
export function positiveDyadics(length: number, seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length }, () => random.integer(1, 32) / 4);
}
