/** How PyTorch prints layers, and that all of its sequences are checks of the suite. */
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { allChecks, layerOf, type PyTorchFile, pytorchCases } from "@batchnorm/conformance";
import { describe, expect, it } from "vitest";
import { fixture } from "./fixtures.js";

const files = ["batchnorm1d", "batchnorm2d", "batchnorm3d"].map((name) => fixture(name) as PyTorchFile);
const cases = files.flatMap(pytorchCases);

it("every sequence that PyTorch computed is a check, in both types, and expects PyTorch's values", async () => {
  const asked = (await allChecks()).filter(({ requirement }) => requirement === "sequences");
  const wanted = cases.flatMap(({ name, options }) =>
    ["float32", "float64"].map((dtype) => `${options.kind} ${name}, ${dtype}`),
  );
  expect(asked.map(({ name, dtype }) => `${name}, ${dtype}`)).toEqual(wanted);
  for (const { name, steps } of cases) {
    for (const step of steps)
      expect(Object.keys(step.expected ?? {}).length + passesOf(step).length, name).toBeGreaterThan(0);
    for (const pass of steps.flatMap(passesOf)) expect(pass.expected?.y?.length, name).toBe(pass.x.length);
  }
});

function passesOf(step: (typeof cases)[number]["steps"][number]) {
  if (step.do === "pass") return [step.pass];
  return step.do === "passes" ? step.passes : [];
}

describe("layers print as PyTorch's do", () => {
  const { cases: numbers } = fixture("repr") as PyTorchFile;
  const printed = [
    ...cases.map(({ repr, options }) => [repr, options] as const),
    ...numbers.map(({ repr, options }) => [repr, options] as const),
  ];
  it.each(printed)("%s", (repr, options) => {
    const backend = createCpuBackend();
    const layer = layerOf(backend, { name: repr, about: "", options, steps: [] });
    expect(layer.toString()).toBe(repr);
    layer.dispose();
  });
});
