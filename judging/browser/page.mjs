import { chromium } from "playwright-core";
import { servePage } from "./server.mjs";

/** Software rendering will do: what is judged are numbers, not times. */
const flags = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-gpu-watchdog", // which ends a rendering that takes longer than on a GPU
];

/** Milliseconds after which the browser hangs that starts or loads the page. */
const timeout = 10 * 60_000;

/**
 * Opens a page in a browser, asks it, and closes both.
 *
 * @template Answer
 * @param {string} executablePath the browser, Chromium
 * @param {{ script: string, scripts: readonly string[], isolated?: boolean }} what the page's module script, those that run before
 *   it, and whether it is cross-origin isolated
 * @param {(page: import("playwright-core").Page) => Promise<Answer>} ask
 * @returns {Promise<{ answer: Answer, complaints: readonly string[] }>} complaints: what the page's console showed
 */
export async function askPage(executablePath, { script, scripts, isolated = false }, ask) {
  const server = await servePage(script, scripts, isolated);
  const browser = await chromium.launch({ executablePath, args: flags, timeout });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(server.address, { timeout });
    return { answer: await ask(page), complaints };
  } finally {
    await browser.close();
    await server.close();
  }
}
