import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { describe, expect, it } from "vitest";
import { engines, secondDerivativesInBrowser } from "../second-derivatives/in-browser.mjs";
import { expectDerivatives } from "./derivatives.js";

await describeWith(chromium, "gradients of gradients in a browser", (use) => {
  describe.each(engines)("on %s", (engine) => {
    it.runIf(whole || engine === "wasm")("are those of the specification", async () => {
      const { derivatives, complaints } = await secondDerivativesInBrowser(use().path as string, engine);
      expect(complaints).toEqual([]);
      expectDerivatives(derivatives);
    });
  });
});
