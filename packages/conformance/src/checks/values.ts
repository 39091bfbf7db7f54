import { expectThat } from "../check.js";

/** Values under the name of what holds them. */
export type Named = Readonly<Record<string, ArrayLike<number>>>;

/** Expects values that no arithmetic has touched: each exactly, NaN included; the sign of a 0 does not matter. */
export function expectValues(what: string, actual: ArrayLike<number> | undefined, expected: ArrayLike<number>): void {
  expectEach(what, actual, expected, isSame);
}

/** Expects one such value. */
export function expectValue(what: string, actual: number | undefined, expected: number): void {
  expectThat(isSame(actual, expected), `${what} is ${actual}, expected ${expected}`);
}

/** Expects values to the bit, -0 apart from 0; one NaN is as good as another. */
export function expectSameBits(what: string, actual: ArrayLike<number> | undefined, expected: ArrayLike<number>): void {
  expectEach(what, actual, expected, Object.is);
}

/**
 * Expects to the bit all that was there before: `when: name[i] is ..., expected ...`.
 *
 * @param selected which values are compared; all by default
 */
export function expectUnchanged(
  when: string,
  now: Named,
  before: Named,
  selected: (name: string, index: number) => boolean = () => true,
): void {
  for (const [name, values] of Object.entries(before)) {
    expectEach(`${when}: ${name}`, now[name], values, (came, right, i) => !selected(name, i) || Object.is(came, right));
  }
}

function isSame(came: number | undefined, right: number | undefined): boolean {
  return came === right || Object.is(came, right);
}

function expectEach(
  what: string,
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  isRight: (came: number | undefined, right: number | undefined, index: number) => boolean,
): void {
  expectThat(actual !== undefined, `${what} is missing`);
  expectThat(actual.length === expected.length, `${what} has ${actual.length} values, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    expectThat(isRight(actual[i], expected[i], i), () => `${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
  }
}
