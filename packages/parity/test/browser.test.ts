import { chromium } from "@batchnorm/components";
import { describeWith } from "@batchnorm/components/vitest";
import { allChecks, boundsOf, goalsOf, unsupportedOf } from "@batchnorm/conformance";
import { describe, expect, it } from "vitest";
import { browserEngines } from "../browser/engines.mjs";
import { judgeInBrowser } from "../browser/judge.mjs";

/** Those whose bounds were measured in Node, where large checks were asked as well. */
const measuredInNode = ["cpu", "tfjs-wasm"];

await describeWith(chromium, "the suite in a browser, with neither a bundler nor a module of Node's", (use) => {
  describe.each(browserEngines)("the $name backend", ({ name, leftOut }) => {
    it("is judged right, by its own bounds", async () => {
      const [bounds, unsupported] = [boundsOf(name), unsupportedOf(name)];
      const { verdicts, measured, complaints } = await judgeInBrowser(use().path as string, name, {
        bounds,
        unsupported,
      });
      expect(complaints).toEqual([]);
      const wrong = verdicts.filter(({ outcome }) => outcome !== "passed" && outcome !== "unsupported");
      expect(wrong).toEqual([]);
      expect(verdicts.filter(({ outcome }) => outcome === "unsupported").length).toBe(unsupported.length);
      const asked = (await allChecks()).filter(({ large, requirement }) => !large && !leftOut.includes(requirement));
      const types = name === "cpu" ? ["float32", "float64"] : ["float32"];
      expect(verdicts.length).toBe(asked.filter(({ dtype }) => types.includes(dtype)).length);
      if (!measuredInNode.includes(name)) expect(measured.faults(bounds, goalsOf(name))).toEqual([]);
    });
  });
});
