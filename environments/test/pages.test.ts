import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainPage } from "../pages/plain.js";
import { type SiteOptions, serve } from "../pages/site.js";
import { type Visit, visit } from "../pages/visit.js";
import { wordsFile } from "../pages/words.js";
import { type Judged, programs } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";
import { record } from "../table/results.mjs";

const own = ["core", "layers", "conformance", "backend-cpu", "backend-wasm"].map((name) => `@batchnorm/${name}`);
const imported = [...own, "batchnorm", "fast-check", "pure-rand"];
const notIsolated = "@batchnorm/backend-wasm computes on one thread: the page is not cross-origin isolated";

await describeWith(chromium, "pages without a bundler", (use) => {
  describe.runIf(whole)("in Chromium", () => {
    let packing: { packed: Packed; remove(): void };
    let project: Project;

    beforeAll(async () => {
      packing = await pack();
      const files = {
        ...programs("judge.mjs", "command.mjs", "choose.mjs", "helpers.mjs", "training.mjs"),
        ...programs("refused-memory.mjs", "times.mjs"),
        ...wordsFile,
      };
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
          const environment = isolated ? "Chromium, isolated page" : "Chromium, any page";
          const { version } = use();
          const results = Object.entries({ cpu, wasm }).map(([backend, { passed, digest, threads }]) => ({
            ...{ environment, version, backend, outcome: "passed", passed, digest, threads },
          }));
          record(results);
        });
      }
    });

    describe("under a content security policy", () => {
      const scripts = "script-src 'self' 'nonce-map'";

      it.each([
        {
          what: "takes all threads where blob workers are allowed",
          policy: `${scripts} 'wasm-unsafe-eval'; worker-src blob:`,
          wasm: { threads: 2 },
          chosen: { name: "wasm", why: "wasm computes in float32 on 2 threads" },
        },
        {
          what: "takes one thread where they are not, and names the directive",
          policy: `${scripts} 'wasm-unsafe-eval'`,
          wasm: { threads: 1, whyOneThread: expect.stringContaining("must have worker-src blob:") },
          chosen: { name: "wasm", why: expect.stringMatching(/^wasm computes .* on 1 thread: .*worker-src blob:/) },
        },
        {
          what: "takes plain TypeScript where WebAssembly is not allowed, and names what would allow it",
          policy: `${scripts}; worker-src blob:`,
          wasm: {
            code: "ERR_UNSUPPORTED",
            message: expect.stringContaining("must have script-src 'wasm-unsafe-eval'"),
          },
          chosen: { name: "cpu", why: expect.stringContaining("must have script-src 'wasm-unsafe-eval'") },
        },
      ])("$what", async ({ policy, wasm, chosen }) => {
        const answer = await open("choose.mjs", { isolated: true, policy }, ({ answer }) => answer());
        expect(answer).toEqual({ wasm, chosen });
      });
    });

    it("say that a thread was lost, harm nothing and go on", async () => {
      const { lost, ended } = await open("helpers.mjs", { isolated: true }, ({ answer }) => answer<Helpers>());
      expect(lost).toEqual({
        failed: {
          code: "ERR_THREAD",
          message: expect.stringContaining("Call again"),
          milliseconds: expect.any(Number),
          unharmed: true,
        },
        threads: 1,
        same: true,
      });
      expect(lost.failed.milliseconds).toBeGreaterThan(700);
      expect(ended).toEqual({ strange: [] });
    });

    it("take as much memory as there is, and say so where there is none", async () => {
      const answer = await open("refused-memory.mjs", { isolated: true }, ({ answer }) => answer());
      const none = { code: "ERR_OUT_OF_MEMORY", message: expect.stringContaining("no addresses") };
      expect(answer).toEqual({ "1 GiB": [-1, 1], none });
    });

    it("give a first result, and steps on one thread and on two, in times that are shown", async () => {
      type Times = Record<"firstResult" | "oneThread" | "twoThreads", number>;
      const times = await open("times.mjs", { isolated: true }, ({ answer }) => answer<Times>());
      const [first, one, two] = [times.firstResult, times.oneThread, times.twoThreads].map((ms) => ms.toFixed(1));
      console.info(`in Chromium: first result after ${first} ms; a step on one thread ${one} ms, on two ${two} ms`);
    });

    it("work again after a reload in the middle of their work", async () => {
      await open("helpers.mjs", { isolated: true }, async ({ page, answer }) => {
        await page.waitForFunction(() => performance.now() > 1000);
        await page.reload();
        expect(await answer<Helpers>()).toMatchObject({ lost: { same: true }, ended: { strange: [] } });
      });
    });
  });
});

/** What `programs/helpers.mjs` answers. */
interface Helpers {
  readonly lost: { readonly failed: { readonly milliseconds: number }; readonly same: boolean };
  readonly ended: { readonly strange: readonly unknown[] };
}
