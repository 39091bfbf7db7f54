import { OptionError } from "@batchnorm/core";
import { describe } from "@batchnorm/core/checks";

type Inspect = (value: unknown, options: object) => string;

/**
 * Makes fields of getters: an assignment is refused, saying what to do instead, where JavaScript would ignore it in
 * silence outside of strict mode; and Node prints them, behind the name of the class. To TypeScript they are readonly as
 * they stand.
 *
 * @param rules by the name of the getter, how its value comes about
 */
export function asFields(prototype: object, rules: Readonly<Record<string, string>>): void {
  for (const [name, rule] of Object.entries(rules)) {
    const set = (value: unknown) => {
      throw new OptionError(`${describe(value)} was assigned to ${name}, which ${rule}`);
    };
    Object.defineProperty(prototype, name, { set });
  }
  const print = function (this: Readonly<Record<string, unknown>>, _: number, options: object, inspect: Inspect) {
    const fields = Object.fromEntries(Object.keys(rules).map((name) => [name, this[name]]));
    return `${this.constructor.name} ${inspect(fields, options)}`;
  };
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), { value: print });
}
