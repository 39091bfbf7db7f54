import { launch, type Page } from "puppeteer-core";
import { type Browser, timeout } from "./browser.js";

/** Firefox, driven by Puppeteer through WebDriver BiDi, on two processors. */
export function firefox(executablePath: string): Browser<Page> {
  const options = { executablePath, timeout, protocolTimeout: timeout };
  const extraPrefsFirefox = { "dom.maxHardwareConcurrency": 2 };
  return {
    async open(address, hear) {
      const browser = await launch({ browser: "firefox", ...options, extraPrefsFirefox });
      const close = () => browser.close();
      try {
        const page = await browser.newPage();
        page.on("console", (message) => {
          hear({ kind: message.type() === "log" ? "log" : "notice", text: message.text() });
        });
        page.on("pageerror", (error) => {
          // what a policy refuses is told like what the page throws
          const isRefusal = String(error).includes("Content-Security-Policy:");
          hear({ kind: isRefusal ? "notice" : "error", text: String(error) });
        });
        await page.goto(address, { timeout });
        return { page, close };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
