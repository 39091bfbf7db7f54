import { importMap } from "./import-map.js";
import type { SiteOptions } from "./site.js";

/**
 * A page without a bundler: an import map, and a program of the project as its module.
 *
 * @param names the packages that the program and its packages import
 * @param begin a script that runs the program, instead of the module itself
 */
export function plainPage(
  folder: string,
  names: readonly string[],
  program: string,
  begin?: (program: string) => string,
): SiteOptions["files"] {
  const map = JSON.stringify(importMap(folder, names));
  const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">`;
  const path = `/${program}`;
  const script = begin ? `nonce="map">${begin(path)}` : `type="module" src="${path}">`;
  return {
    "/index.html": `${head}<script type="importmap" nonce="map">${map}</script><script ${script}</script>`,
  };
}
