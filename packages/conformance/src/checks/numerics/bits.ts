import { expectThat } from "../../check.js";

/** Results by name. */
export type Named = Readonly<Record<string, ArrayLike<number>>>;

/** Which values of a result are compared; all by default. */
export type Selected = (result: string, index: number) => boolean;

/** Expects the same results to the bit; one NaN is as good as another. */
export function expectSameBits(what: string, actual: Named, expected: Named, selected: Selected = () => true): void {
  for (const [name, values] of Object.entries(expected)) {
    const came = actual[name] ?? [];
    expectThat(
      came.length === values.length,
      () => `${what}: ${name} has ${came.length} values, ${values.length} before`,
    );
    for (let i = 0; i < values.length; i++) {
      expectThat(
        !selected(name, i) || Object.is(came[i], values[i]),
        () => `${what}: ${name}[${i}] is ${came[i]}, without it ${values[i]}; expected the same bits`,
      );
    }
  }
}
