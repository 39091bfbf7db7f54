import { type Component, chromium, firefox, type Present, webkit } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "../pages/browser.js";
import { kindsIn, webkitWithThreads } from "../pages/kinds.js";
import { plainPage } from "../pages/plain.js";
import { chromium as inChromium, firefox as inFirefox } from "../pages/puppeteer.js";
import { type SiteOptions, serve } from "../pages/site.js";
import { type Visit, visit } from "../pages/visit.js";
import { webkit as inWebkit } from "../pages/webkit.js";
import { wordsFile } from "../pages/words.js";
import { application, type Judged, programs } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";
import { record } from "../table/results.mjs";

const own = ["core", "layers", "conformance", "backend-cpu", "backend-wasm"].map((name) => `@batchnorm/${name}`);
const imported = [...own, "batchnorm", "fast-check", "pure-rand"];

let packing: { packed: Packed; remove(): void };
let project: Project;
let ofNode: Promise<Record<"cpu" | "wasm", Judged>>;

beforeAll(async () => {
  if (!whole) return;
  packing = await pack();
  const names = ["judge", "command", "choose", "helpers", "training", "hidden", "refused-memory", "times", "overheard"];
  const files = {
    ...programs(...names.map((name) => `${name}.mjs`)),
    ...wordsFile,
    "quick-start.mjs": application(),
  };
  project = await projectWith(packing.packed, [...own, "batchnorm"], { files });
  ofNode = project.run(process.execPath, ["command.mjs"]).then(JSON.parse);
});
afterAll(() => {
  project?.remove();
  packing?.remove();
});

/** Opens a page of a program. */
async function open<Page, Result>(
  browser: Browser<Page>,
  program: string,
  options: SiteOptions,
  ask: (visit: Visit<Page>) => Promise<Result>,
): Promise<Result> {
  const files = plainPage(project.folder, imported, program, browser.begin);
  const site = await serve(project.folder, { ...options, files });
  try {
    return await visit(browser, site.address, ask);
  } finally {
    await site.close();
  }
}

function judged(component: Component, use: () => Present): void {
  it.each(kindsIn(component))("are judged right, with the bits of Node: $environment", async (kind) => {
    const { environment, browser, isolated, why } = kind;
    const node = await ofNode;
    const { path = "", version } = use();
    await open(browser(path), "command.mjs", { isolated }, async ({ answer, notices }) => {
      const { cpu, wasm } = await answer<Awaited<typeof ofNode>>();
      expect(cpu).toEqual(node.cpu);
      const { whyOneThread, ...judged } = wasm;
      expect(judged).toEqual({ ...node.wasm, threads: why === undefined ? 2 : 1 });
      expect(judged.failures).toEqual([]);
      const notice = `@batchnorm/backend-wasm computes on one thread: ${whyOneThread}`;
      expect(notices).toEqual(why === undefined ? [] : [notice]);
      if (why !== undefined) expect(whyOneThread).toContain(why);
      const results = Object.entries({ cpu, wasm }).map(([backend, { passed, digest, threads }]) => ({
        ...{ environment, version, backend, outcome: "passed", passed, digest, threads },
      }));
      record(results);
    });
  });
}

/** @param threads how many it says it takes, and why */
function started(threads: RegExp, browser: () => Browser): void {
  it(`run the quick start, with the numbers of Node: ${threads.source}`, async () => {
    const [, numbers] = JSON.parse(await project.run(process.execPath, ["quick-start.mjs"]));
    const answer = await open(browser(), "quick-start.mjs", { isolated: true }, ({ answer }) => answer());
    expect(answer).toEqual([expect.stringMatching(threads), numbers]);
  });
}

/** What isolated pages do in every browser where they have threads. */
function onThreads(browser: () => Browser): void {
  started(/on 2 threads$/, browser);

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
      const answer = await open(browser(), "choose.mjs", { isolated: true, policy }, ({ answer }) => answer());
      expect(answer).toEqual({ wasm, chosen });
    });
  });

  it("say that a thread was lost, harm nothing and go on", async () => {
    const { lost, ended } = await open(browser(), "helpers.mjs", { isolated: true }, ({ answer }) => answer<Helpers>());
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
    const answer = await open(browser(), "refused-memory.mjs", { isolated: true }, ({ answer }) => answer());
    const none = { code: "ERR_OUT_OF_MEMORY", message: expect.stringContaining("no addresses") };
    expect(answer).toEqual({ "1 GiB": [-1, 1], none });
  });
}

function reloaded(browser: () => Browser<Page>): void {
  it("work again after a reload in the middle of their work", async () => {
    await open(browser(), "helpers.mjs", { isolated: true }, async ({ page, answer }) => {
      await page.waitForFunction(() => performance.now() > 1000);
      await page.reload();
      expect(await answer<Helpers>()).toMatchObject({ lost: { same: true }, ended: { strange: [] } });
    });
  });
}

function hidden(browser: () => Browser<Page>): void {
  it("go on while another tab is before them", async () => {
    await open(browser(), "hidden.mjs", { isolated: true }, async ({ page, answer }) => {
      const other = await page.browser().newPage();
      await page.waitForFunction(() => ((globalThis as { stepsWhileHidden?: number }).stepsWhileHidden ?? 0) >= 3, {
        polling: 100,
      });
      await other.close();
      await page.bringToFront();
      expect(await answer()).toEqual({ strange: [], threads: 2 });
    });
  });
}

await describeWith(chromium, "pages without a bundler in Chromium", (use) => {
  describe.runIf(whole)("by Puppeteer", () => {
    const browser = () => inChromium(use().path as string);
    judged(chromium, use);
    onThreads(browser);
    reloaded(browser);
    hidden(browser);

    it("give a first result, and steps on one thread and on two, in times that are shown", async () => {
      type Times = Record<"firstResult" | "oneThread" | "twoThreads", number>;
      const times = await open(browser(), "times.mjs", { isolated: true }, ({ answer }) => answer<Times>());
      const [first, one, two] = [times.firstResult, times.oneThread, times.twoThreads].map((ms) => ms.toFixed(1));
      console.info(`in Chromium: first result after ${first} ms; a step on one thread ${one} ms, on two ${two} ms`);
    });
  });
});

await describeWith(firefox, "pages without a bundler in Firefox", (use) => {
  describe.runIf(whole)("by Puppeteer", () => {
    const browser = () => inFirefox(use().path as string);
    judged(firefox, use);
    onThreads(browser);
    reloaded(browser);
  });
});

await describeWith(webkit, "pages without a bundler in WebKitGTK", (use) => {
  describe.runIf(whole)("by Selenium", () => {
    judged(webkit, use);
    started(/on 1 thread: this browser has no SharedArrayBuffer/, () => inWebkit(use().path as string));
    onThreads(() => webkitWithThreads(use().path as string));
  });
});

/** What `programs/helpers.mjs` answers. */
interface Helpers {
  readonly lost: { readonly failed: { readonly milliseconds: number }; readonly same: boolean };
  readonly ended: { readonly strange: readonly unknown[] };
}
