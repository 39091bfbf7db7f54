import { chromium as launcher, type Page } from "playwright-core";
import { type Browser, timeout } from "./browser.js";

/** Chromium, driven by Playwright, on two processors. */
export function chromium(executablePath: string): Browser<Page> {
  return {
    async open(address, hear) {
      const browser = await launcher.launch({ executablePath, args: ["--no-sandbox"], timeout });
      const close = () => browser.close();
      try {
        const page = await browser.newPage();
        const session = await page.context().newCDPSession(page);
        await session.send("Emulation.setHardwareConcurrencyOverride", { hardwareConcurrency: 2 });
        page.on("console", (message) => {
          hear({ kind: message.type() === "log" ? "log" : "notice", text: message.text() });
        });
        page.on("pageerror", ({ stack, message }) => hear({ kind: "error", text: stack ?? message }));
        await page.goto(address, { timeout });
        return { page, close };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
