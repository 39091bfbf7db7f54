import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainPage } from "../pages/plain.js";
import { type SiteOptions, serve } from "../pages/site.js";
import { type Visit, visit } from "../pages/visit.js";
import { type Judged, programs } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";
import { whole } from "../whole.js";

const own = ["core", "layers", "conformance", "backend-cpu", "backend-wasm"].map((name) => `@batchnorm/${name}`);
const imported = [...own, "batchnorm", "fast-check", "pure-rand"];
const notIsolated = "@batchnorm/backend-wasm computes on one thread: the page is not cross-origin isolated";

await describeWith(chromium, "pages without a bundler", (use) => {
  describe.runIf(whole)("in Chromium", () => {
    let packing: { packed: Packed; remove(): void };
    let project: Project;

    beforeAll(async () => {
      packing = await pack();
      const files = programs("judge.mjs", "command.mjs");
      project = await projectWith(packing.packed, [...own, "batchnorm"], { files });
    });
    afterAll(() => {
      project.remove();
      packing.remove();
    });

    /** Opens a page of a program. */
    async function open<Result>(program: string, options: SiteOptions, ask: (visit: Visit) => Promise<Result>) {
      const files = plainPage(project.folder, imported, program);
      const site = await serve(project.folder, { ...options, files });
      try {
        return await visit(use().path as string, site.address, ask);
      } finally {
        await site.close();
      }
    }

    it("are judged right, with the bits of Node, isolated or not", async () => {
      type Answer = Record<"cpu" | "wasm", Judged>;
      const node: Answer = JSON.parse(await project.run(process.execPath, ["command.mjs"]));
      for (const isolated of [true, false]) {
        await open("command.mjs", { isolated }, async ({ answer, notices }) => {
          const { cpu, wasm } = await answer<Answer>();
          expect(cpu).toEqual(node.cpu);
          const { whyOneThread, ...judged } = wasm;
          expect(judged).toEqual({ ...node.wasm, threads: isolated ? 2 : 1 });
          expect(judged.failures).toEqual([]);
          expect(notices).toEqual(isolated ? [] : [expect.stringContaining(notIsolated)]);
          if (!isolated) expect(whyOneThread).toContain("Cross-Origin-Opener-Policy: same-origin");
        });
      }
    });
  });
});
