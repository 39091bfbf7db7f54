import { chromium } from "@batchnorm/components";
import { describeWith } from "@batchnorm/components/vitest";
import { describe, expect, it } from "vitest";
import { engines, secondDerivativesInBrowser } from "../browser/second-derivatives.mjs";
import { expectDerivatives } from "./derivatives.js";

const minutes = 60_000;

await describeWith(chromium, "gradients of gradients in a browser", (use) => {
  describe.each(engines)("on %s", (engine) => {
    it("are those of the specification", { timeout: 12 * minutes }, async () => {
      const { derivatives, complaints } = await secondDerivativesInBrowser(use().path as string, engine);
      expect(complaints).toEqual([]);
      expectDerivatives(derivatives);
    });
  });
});
