import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { bitsOf, everyOperation, makeInputs, tensorRoles } from "../helpers/operations.js";
import { engines } from "../helpers/plain-engine.js";

describe.each(engines)("by %s", (_, makeEngine) => {
  const backend = hostBackend(makeEngine());

  describe.each(everyOperation)("%s writes nothing that it is given to read", (_, { run, writes }) => {
    it.each([
      ["float32", null],
      ["float32", "relu"],
      ["float64", null],
      ["float64", "relu"],
    ] as const)("in %s, activation %s", (dtype, activation) => {
      const inputs = makeInputs(backend, { outer: 5, channels: 4, inner: 3 }, { dtype, activation });
      const before = bitsOf(inputs, writes);
      const shapes = tensorRoles.map((role) => [...inputs[role].shape]);
      run(backend, inputs);
      expect(bitsOf(inputs, writes)).toEqual(before);
      expect(tensorRoles.map((role) => [...inputs[role].shape])).toEqual(shapes);
    });
  });
});
