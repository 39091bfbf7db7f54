import { boundsOf, unsupportedOf } from "@batchnorm/conformance";
import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { describe, expect, it } from "vitest";
import { browserEngines } from "../browser/engines.mjs";
import { checksOf, judgeInBrowser } from "../browser/judge.mjs";

/** Of each requirement, where software renders what a GPU would: `npm run bounds -- tfjs-webgl tfjs-webgpu` asks all. */
const mostOnGpu = 4;

await describeWith(chromium, "the suite in a browser, with neither a bundler nor a module of Node's", (use) => {
  describe.each(browserEngines)("the $name backend $where", (engine) => {
    const { name, gpu, notice } = engine;
    it.runIf(whole || !gpu)("is judged right, by its own bounds", async () => {
      const [bounds, unsupported] = [boundsOf(name), unsupportedOf(name)];
      const judging = { bounds, unsupported, ...(gpu && { most: mostOnGpu }) };
      const { verdicts, complaints } = await judgeInBrowser(use().path as string, engine, judging);
      expect(complaints).toEqual(notice === undefined ? [] : [expect.stringContaining(notice)]);
      const wrong = verdicts.filter(({ outcome }) => outcome !== "passed" && outcome !== "unsupported");
      expect(wrong).toEqual([]);
      expect(verdicts.filter(({ outcome }) => outcome === "unsupported").length).toBe(unsupported.length);
      const asked = await checksOf(engine, judging);
      const types = name === "cpu" ? ["float32", "float64"] : ["float32"];
      expect(verdicts.length).toBe(asked.filter(({ dtype }) => types.includes(dtype)).length);
    });
  });
});
