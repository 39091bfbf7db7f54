import { boundsOf, goalsOf, Measured } from "@batchnorm/conformance";
import { conformance } from "@batchnorm/conformance/vitest";
import { describe, expect, it } from "vitest";
import { backends } from "./backends.js";

for (const { name, open } of backends) {
  const measured = new Measured();
  conformance(`the ${name} backend`, open, { bounds: boundsOf(name), observe: measured.observe });

  describe(`the bounds of the ${name} backend`, () => {
    it("hold everything that was just measured, none is more than twice the worst or beyond a goal", () => {
      expect(measured.faults(boundsOf(name), goalsOf(name))).toEqual([]);
    });
  });
}
