import { expectThat } from "../../check.js";

/** Values under the name of what holds them. */
export type Snapshot = Readonly<Record<string, ArrayLike<number>>>;

/** Integers with a fixed seed, each at least 0 and below `below`. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(below: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }
}

/** Multiples of 1/8 from -4 to 4, never alike in two runs of the same length with another seed; a new array each time. */
export function dyadics(length: number, seed: number): number[] {
  const draw = new Draw(seed);
  return Array.from({ length }, () => (draw.below(65) - 32) / 8);
}

/** 1/4 to 8, to be a variance. */
export function positiveDyadics(length: number, seed: number): number[] {
  const draw = new Draw(seed);
  return Array.from({ length }, () => (1 + draw.below(32)) / 4);
}

/** Where and how two arrays differ to the bit, -0 from 0 too; null where they do not. */
function difference(before: ArrayLike<number>, after: ArrayLike<number>): string | null {
  if (before.length !== after.length) return ` has ${after.length} values, expected ${before.length}`;
  for (let i = 0; i < before.length; i++) {
    if (!Object.is(before[i], after[i])) return `[${i}] is ${after[i]}, expected ${before[i]}`;
  }
  return null;
}

/** @throws Nonconformance that names the first value that differs, after `what` */
export function expectSame(before: ArrayLike<number>, after: ArrayLike<number>, what: string): void {
  const differs = difference(before, after);
  expectThat(differs === null, () => `${what}${differs}`);
}

/** @throws Nonconformance that names the first value that differs: `when: name[i] is ..., expected ...` */
export function expectUnchanged(before: Snapshot, after: Snapshot, when: string): void {
  for (const [name, values] of Object.entries(before)) {
    const now = after[name];
    expectThat(now !== undefined, `${when}: ${name} is gone`);
    expectSame(values, now, `${when}: ${name}`);
  }
}
