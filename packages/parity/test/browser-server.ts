import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, extname, join, normalize, sep } from "node:path";

/** Where a package is served, its folder, and what stands for it in an import. */
interface Served {
  readonly path: string;
  readonly folder: string;
  readonly imports: Readonly<Record<string, string>>;
}

/** A page server; its address ends in a slash. */
export interface PageServer {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves a page, and the suite with all that it imports as the modules that they are: no bundler, only an import map. A
 * module that imported one of Node's would not load.
 *
 * @param script the page's module script
 */
export async function servePage(script: string): Promise<PageServer> {
  const served = packages();
  const imports = Object.assign({}, ...served.map((one) => one.imports));
  const page =
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">' +
    `<script type="importmap">${JSON.stringify({ imports })}</script><script type="module">${script}</script>`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/") return response.setHeader("content-type", "text/html").end(page);
    const file = fileOf(served, pathname);
    if (file === null) return response.writeHead(404).end();
    response.setHeader("content-type", "text/javascript");
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => closed(server) };
}

function packages(): Served[] {
  const here = createRequire(import.meta.url);
  const conformance = here.resolve("@batchnorm/conformance");
  const ofConformance = createRequire(conformance);
  const fastCheck = ofConformance.resolve("fast-check/package.json");
  const pureRand = createRequire(fastCheck).resolve("pure-rand/package.json");
  return [
    ours("core", here.resolve("@batchnorm/core")),
    ours("layers", ofConformance.resolve("@batchnorm/layers")),
    ours("backend-cpu", here.resolve("@batchnorm/backend-cpu")),
    ours("conformance", conformance),
    {
      path: "/fast-check/",
      folder: join(dirname(fastCheck), "lib"),
      imports: { "fast-check": "/fast-check/fast-check.js" },
    },
    { path: "/pure-rand/", folder: join(dirname(pureRand), "lib/esm"), imports: { "pure-rand/": "/pure-rand/" } },
  ];
}

function ours(name: string, entry: string): Served {
  const path = `/${name}/`;
  return { path, folder: dirname(entry), imports: { [`@batchnorm/${name}`]: `${path}index.js` } };
}

/** The file behind a path: a module of a package's folder, named with or without its extension. */
function fileOf(served: readonly Served[], pathname: string): string | null {
  const from = served.find(({ path }) => pathname.startsWith(path));
  if (from === undefined) return null;
  const file = normalize(join(from.folder, decodeURIComponent(pathname.slice(from.path.length))));
  const named = extname(file) === ".js" ? file : `${file}.js`;
  return named.startsWith(from.folder + sep) && existsSync(named) ? named : null;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
