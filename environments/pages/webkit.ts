import { createRequire } from "node:module";
import { startXvfb } from "@batchnorm/optional-components/for-installers";
import { environment } from "@batchnorm/testing/command";
import { Builder, Capabilities, type WebDriver } from "selenium-webdriver";
import { type Browser, type Said, timeout } from "./browser.js";

type Remote = typeof import("selenium-webdriver/remote.js");

/** It is a folder, which only `require` finds. */
const { DriverService }: Remote = createRequire(import.meta.url)("selenium-webdriver/remote");

/**
 * WebDriver alone does not tell what a page says, so the page keeps it; nor does it set the number of processors. No event
 * tells what a module throws after it has awaited something, so it is imported.
 */
const begin = (program: string) => `
Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 });
globalThis.said = [];
for (const [name, kind] of Object.entries({ log: "log", info: "notice", warn: "notice", error: "notice" })) {
  console[name] = (...words) => said.push({ kind, text: words.join(" ") });
}
const heard = (error) => said.push({ kind: "error", text: error + "\\n" + (error?.stack ?? "") });
addEventListener("error", (event) => heard(event.error ?? event.message ?? event.target.outerHTML), true);
addEventListener("unhandledrejection", (event) => heard(event.reason));
import("${program}").catch(heard);`;

const everyMs = 20;

/**
 * WebKitGTK, driven by Selenium through its WebDriver, on two processors.
 *
 * @param binary its MiniBrowser
 * @param variables of its environment
 */
export function webkit(binary: string, variables: Readonly<Record<string, string>> = {}): Browser<WebDriver> {
  return {
    begin,
    async open(address, hear) {
      const display = await startXvfb();
      const env = environment({ DISPLAY: display.name, ...variables });
      const service = new DriverService.Builder("WebKitWebDriver").setLoopback(true).setEnvironment(env).build();
      let page: WebDriver | undefined;
      let isClosing = false;
      let listening: Promise<void> | undefined;
      const close = async () => {
        isClosing = true;
        await listening;
        try {
          await page?.quit();
        } finally {
          await service.kill();
          await display.stop();
        }
      };
      try {
        const capabilities = new Capabilities({
          browserName: "MiniBrowser",
          "webkitgtk:browserOptions": { binary, args: ["--automation"] },
          timeouts: { script: timeout, pageLoad: timeout, implicit: 0 },
        });
        const server = await service.start(timeout);
        page = await new Builder().usingServer(server).withCapabilities(capabilities).build();
        await page.get(address);
        const listen = async (driver: WebDriver) => {
          while (!isClosing) {
            for (const said of await driver.executeScript<Said[]>("return globalThis.said.splice(0)")) hear(said);
            await new Promise((resolve) => setTimeout(resolve, everyMs));
          }
        };
        listening = listen(page).catch((error: unknown) => hear({ kind: "error", text: String(error) }));
        return { page, close };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
