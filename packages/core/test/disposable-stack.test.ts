import { expect, it } from "vitest";
import { DisposableStack } from "../src/disposable-stack.js";

/** Values that write their names to `disposed` when they are disposed. */
function values<Name extends string>(...names: Name[]) {
  const disposed: Name[] = [];
  return { disposed, made: names.map((name) => ({ dispose: () => void disposed.push(name) })) };
}

it("disposes of its values once, the last first", () => {
  const { disposed, made } = values("x", "weight", "bias");
  const stack = new DisposableStack();
  for (const value of made) expect(stack.use(value)).toBe(value);
  expect(disposed).toEqual([]);
  stack.dispose();
  stack.dispose();
  expect(disposed).toEqual(["bias", "weight", "x"]);
});

it("disposes of the others where one fails, and passes the error on", () => {
  const { disposed, made } = values("x", "weight");
  const [x, weight] = made as [(typeof made)[0], (typeof made)[0]];
  const stack = new DisposableStack();
  stack.use(x);
  stack.use({
    dispose() {
      throw new Error("the device is lost");
    },
  });
  stack.use(weight);
  expect(() => stack.dispose()).toThrow("the device is lost");
  expect(disposed).toEqual(["weight", "x"]);
});
