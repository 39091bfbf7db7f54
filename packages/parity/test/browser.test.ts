/// <reference lib="dom" />
import { chromium as component } from "@batchnorm/components";
import { describeWith } from "@batchnorm/components/vitest";
import { allChecks } from "@batchnorm/conformance";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PageServer, servePage } from "./browser-server.js";

const minutes = 60_000;

/** What the page does: the quick checks of the suite on the cpu backend. */
const script = `
  import { createCpuBackend } from "@batchnorm/backend-cpu";
  import { allChecks, boundsOf, examine } from "@batchnorm/conformance";

  const judge = async () => {
    const checks = (await allChecks()).filter(({ large }) => !large);
    const verdicts = [];
    for await (const verdict of examine(createCpuBackend(), checks, { bounds: boundsOf("cpu") })) {
      const { check: { sentence, name, dtype }, outcome, message = "" } = verdict;
      verdicts.push({ check: [sentence, name, dtype].join(", "), outcome, message });
    }
    return verdicts;
  };
  globalThis.verdicts = judge();
`;

interface PageVerdict {
  readonly check: string;
  readonly outcome: string;
  readonly message: string;
}

await describeWith(component, "the suite in a browser", (use) => {
  let server: PageServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await servePage(script);
    browser = await chromium.launch({ executablePath: use().path, args: ["--no-sandbox"] });
  }, minutes);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it("judges the cpu backend as it does in Node, with neither a bundler nor a module of Node's", {
    timeout: 2 * minutes,
  }, async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(server.address);
    const verdicts = await page.evaluate(
      () => (globalThis as unknown as { verdicts: Promise<PageVerdict[]> }).verdicts,
    );
    expect(complaints).toEqual([]);
    expect(verdicts?.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    const quick = (await allChecks()).filter(({ large }) => !large);
    expect(verdicts.map(({ check }) => check)).toEqual(
      quick.map(({ sentence, name, dtype }) => [sentence, name, dtype].join(", ")),
    );
  });
});
