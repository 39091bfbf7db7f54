import { type Component, chromium, firefox, webkit } from "@batchnorm/optional-components";
import type { Browser } from "./browser.js";
import { chromium as inChromium, firefox as inFirefox } from "./puppeteer.js";
import { webkit as inWebkit } from "./webkit.js";

/** A kind of page, in a browser. */
export interface Kind {
  /** as the table of environments names it */
  readonly environment: string;
  readonly component: Component;
  readonly browser: (path: string) => Browser;
  readonly isolated: boolean;
  /** Of the reason for which the wasm backend has one thread there. */
  readonly why?: string;
}

/** WebKit with threads, as Safari has them: WebKitGTK has them only where it is told so. */
export const webkitWithThreads = (path: string) => inWebkit(path, { JSC_useSharedArrayBuffer: "1" });

const isolated = { isolated: true };
const notIsolated = { isolated: false, why: "serve the page with the headers Cross-Origin-Opener-Policy: same-origin" };
const noSharing = { isolated: true, why: "this browser has no SharedArrayBuffer" };

/** Every kind of page that the table has. */
export const kinds: readonly Kind[] = [
  { environment: "Chromium, isolated page", component: chromium, browser: inChromium, ...isolated },
  { environment: "Chromium, any page", component: chromium, browser: inChromium, ...notIsolated },
  { environment: "Firefox, isolated page", component: firefox, browser: inFirefox, ...isolated },
  { environment: "Firefox, any page", component: firefox, browser: inFirefox, ...notIsolated },
  { environment: "WebKitGTK, isolated page", component: webkit, browser: inWebkit, ...noSharing },
  { environment: "WebKitGTK, any page", component: webkit, browser: inWebkit, ...notIsolated },
  {
    environment: "WebKitGTK with SharedArrayBuffer, isolated page",
    ...{ component: webkit, browser: webkitWithThreads, ...isolated },
  },
];

/** The kinds of pages of a browser. */
export const kindsIn = (component: Component) => kinds.filter((kind) => kind.component === component);
