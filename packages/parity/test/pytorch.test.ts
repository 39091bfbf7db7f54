import { boundOf, follow, layerOf, type Observation, type PyTorchFile, pytorchCases } from "@batchnorm/conformance";
import type { Backend } from "@batchnorm/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends } from "./backends.js";
import { fixture } from "./fixtures.js";

const files = ["batchnorm1d", "batchnorm2d", "batchnorm3d"].map((name) => ({
  name,
  file: fixture(name) as PyTorchFile,
}));

for (const { name, open } of backends) {
  describe(`the ${name} backend and PyTorch`, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await open();
    });
    afterAll(() => backend.close?.());

    for (const { name: kind, file } of files) {
      describe(`${kind}, values of PyTorch ${file.torch}`, () => {
        for (const kase of pytorchCases(file)) {
          for (const dtype of ["float32", "float64"] as const) {
            it(`${kase.name} in ${dtype}: ${kase.about}`, async ({ skip }) => {
              if (!backend.capabilities.dtypes.includes(dtype)) skip(`${name} does not compute in ${dtype}`);
              const typed = { ...kase, options: { ...kase.options, dtype } };
              const observations: Observation[] = [];
              for await (const observation of follow(backend, typed, dtype)) observations.push(observation);
              const tooFar = observations.filter(
                (one) => one.ulp > boundOf({ backend: name, dtype, ...one }, one.operation),
              );
              expect(tooFar).toEqual([]);
              expect(observations.some(({ against }) => against === "published")).toBe(true);
            });
          }
        }

        it.each(pytorchCases(file).map((kase) => [kase.repr, kase] as const))("prints %s", (repr, kase) => {
          const layer = layerOf(backend, kase);
          expect(layer.toString()).toBe(repr);
          layer.dispose();
        });
      });
    }

    const { cases } = fixture("repr") as PyTorchFile;
    it.each(cases.map(({ options, repr }) => [repr, options] as const))("prints %s", (repr, options) => {
      const layer = layerOf(backend, { name: repr, about: "", options, steps: [] });
      expect(layer.toString()).toBe(repr);
      layer.dispose();
    });
  });
}
