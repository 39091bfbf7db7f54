import { type LaunchOptions, launch, type Page } from "puppeteer-core";
import { type Browser, timeout } from "./browser.js";

/** Chromium, driven by Puppeteer, on two processors. */
export const chromium = (executablePath: string): Browser<Page> => ({
  open: opener({ executablePath, args: ["--no-sandbox"] }, async (page) => {
    const session = await page.createCDPSession();
    await session.send("Emulation.setHardwareConcurrencyOverride", { hardwareConcurrency: 2 });
  }),
});

/** Firefox, driven by Puppeteer through WebDriver BiDi, on two processors. */
export const firefox = (executablePath: string): Browser<Page> => ({
  open: opener({ executablePath, browser: "firefox", extraPrefsFirefox: { "dom.maxHardwareConcurrency": 2 } }),
});

function opener(options: LaunchOptions, prepare = async (_: Page) => {}): Browser<Page>["open"] {
  return async (address, hear) => {
    const browser = await launch({ ...options, timeout, protocolTimeout: timeout });
    const close = () => browser.close();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(timeout);
      await prepare(page);
      page.on("console", (message) => {
        hear({ kind: message.type() === "log" ? "log" : "notice", text: message.text() });
      });
      page.on("pageerror", (error) => {
        // Firefox tells what a policy refuses like what the page throws
        const isRefusal = String(error).includes("Content-Security-Policy:");
        hear({ kind: isRefusal ? "notice" : "error", text: (error as Error).stack ?? String(error) });
      });
      await page.goto(address);
      return { page, close };
    } catch (error) {
      await close();
      throw error;
    }
  };
}
