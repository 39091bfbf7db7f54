import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "./browser.js";
import type { SiteOptions } from "./site.js";

/** The page of a bundle as a browser needs it, with which the folder is served. */
export function bundledPage(folder: string, { begin }: Browser): SiteOptions["files"] {
  if (begin === undefined) return {};
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const module = /<script type="module"[^>]* src="([^"]+)"><\/script>/;
  return { "/index.html": html.replace(module, (_, path: string) => `<script>${begin(path)}</script>`) };
}
