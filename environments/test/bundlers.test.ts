import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlers, sourcePage } from "../bundlers.js";
import { startServer } from "../pages/dev-server.js";
import { chromium as inChromium } from "../pages/puppeteer.js";
import { isolation, type Site, serve } from "../pages/site.js";
import { visit } from "../pages/visit.js";
import { application, programs } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";

/** Names that only Node knows. */
const ofNode = /["'`]node:|worker_threads|["'`]os["'`]/;

await describeWith(chromium, "the packed packages in a bundle", (use) => {
  describe.runIf(whole)("of an application without configuration for them", () => {
    let packing: { packed: Packed; remove(): void };
    let project: Project;
    let numbers: unknown;

    beforeAll(async () => {
      packing = await pack();
      project = await projectWith(packing.packed, ["batchnorm", "@batchnorm/backend-cpu", "@batchnorm/layers"], {
        files: {
          ...programs("overheard.mjs", "two-copies.mjs"),
          "quick-start.mjs": application(),
          "index.html": sourcePage("quick-start.mjs"),
          "vite.config.mjs": `export default { server: { headers: ${JSON.stringify(isolation)} } };`,
        },
        others: bundlers.flatMap(({ packages }) => packages),
      });
      [, numbers] = JSON.parse(await project.run(process.execPath, ["quick-start.mjs"]));
    });
    afterAll(() => {
      project.remove();
      packing.remove();
    });

    /** Runs a bundler's own command. @returns the folder into which it has written */
    async function bundle({ name, command, page }: (typeof bundlers)[number], program: string): Promise<string> {
      const folder = join(project.folder, "out", name, program);
      mkdirSync(folder, { recursive: true });
      if (page !== null) writeFileSync(join(folder, "index.html"), page);
      await project.run("npx", ["--no", "--", ...command(program, folder)]);
      return folder;
    }

    /** What a page of a site answers. */
    async function ask(site: Site): Promise<unknown> {
      try {
        return await visit(inChromium(use().path as string), site.address, async ({ answer, notices }) => {
          const answered = await answer();
          expect(notices.filter((notice) => !notice.startsWith("[vite]"))).toEqual([]);
          return answered;
        });
      } finally {
        await site.close();
      }
    }

    describe.each(bundlers)("by $name", (bundler) => {
      it("compute what Node does, on threads, and have no code of Node", async () => {
        const folder = await bundle(bundler, "quick-start.mjs");
        expect(await ask(await serve(folder, { isolated: true }))).toEqual([
          "wasm computes in float32 on 2 threads",
          numbers,
        ]);
        expect(filesWith(ofNode, folder)).toEqual([]);
      });
    });

    it("compute what Node does on the server for development of Vite", async () => {
      const site = await startServer(project.folder, [join(project.folder, "node_modules/vite/bin/vite.js")]);
      expect(await ask(site)).toEqual(["wasm computes in float32 on 2 threads", numbers]);
      expect(filesWith(ofNode, join(project.folder, "node_modules/.vite"))).toEqual([]);
    });

    it("train in a worker of the page, as the example does", async () => {
      const example = join(project.folder, "page-worker");
      cpSync(new URL("../../examples/page-worker", import.meta.url), example, {
        recursive: true,
        filter: (file) => !file.endsWith("node_modules"),
      });
      await project.run("npx", ["--no", "--", "vite", "build", example]);
      const site = await serve(join(example, "dist"), { isolated: true });
      try {
        await visit(inChromium(use().path as string), site.address, async ({ page, notices }) => {
          await page.waitForSelector("::-p-text(learned weight 2.000 and bias -1.000)");
          expect(await page.$eval("#backend", (element) => element.textContent)).toMatch(
            /^wasm computes in float32 on \d+ threads?$/,
          );
          expect(notices).toEqual([]);
        });
      } finally {
        await site.close();
      }
    });

    it("refuse tensors of another copy of core by words that lead to it", async () => {
      const copy = join(project.folder, "copy");
      for (const name of ["core", "backend-cpu"]) {
        const from = join(project.folder, "node_modules/@batchnorm", name);
        cpSync(from, join(copy, "node_modules/@batchnorm", name), { recursive: true });
      }
      writeFileSync(join(copy, "index.mjs"), 'export { createCpuBackend } from "@batchnorm/backend-cpu";');
      const folder = await bundle(bundlers.find(({ name }) => name === "esbuild")!, "two-copies.mjs");
      expect(await ask(await serve(folder))).toEqual({
        code: "ERR_FOREIGN_TENSOR",
        message: expect.stringContaining("npm ls @batchnorm/core"),
      });
    });
  });
});

/** The modules in a folder in which something stands. */
function filesWith(text: RegExp, folder: string): string[] {
  const modules = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.m?js$/.test(name));
  expect(modules).not.toEqual([]);
  return modules.filter((name) => text.test(readFileSync(join(folder, name), "utf8")));
}
