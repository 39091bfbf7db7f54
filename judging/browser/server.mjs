import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where a package is served, its folder, and what stands for it in an import.
 *
 * @typedef {{ path: string, folder: string, imports: Record<string, string> }} Served
 */

/**
 * A page server; its address ends in a slash.
 *
 * @typedef {{ address: string, close(): Promise<void> }} PageServer
 */

const isolation = new Headers({
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
});

const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/**
 * Serves a page, and the suite with all that it imports as the modules that they are: no bundler, only an import map. A
 * module that imported one of Node's would not load.
 *
 * @param {string} script the page's module script
 * @param {readonly string[]} classic scripts that run before it, as addresses
 * @param {boolean} isolated whether the page is cross-origin isolated
 * @returns {Promise<PageServer>}
 */
export async function servePage(script, classic, isolated) {
  const served = packages();
  const imports = Object.assign({}, ...served.map((one) => one.imports));
  const page =
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">' +
    classic.map((address) => `<script src="${address}"></script>`).join("") +
    `<script type="importmap">${JSON.stringify({ imports })}</script><script type="module">${script}</script>`;
  const server = createServer((request, response) => {
    if (isolated) response.setHeaders(isolation);
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/") return response.setHeader("content-type", "text/html").end(page);
    const file = fileOf(served, pathname);
    if (file === null) return response.writeHead(404).end();
    response.setHeader("content-type", types[/** @type {keyof typeof types} */ (extname(file))]);
    return createReadStream(file).pipe(response);
  });
  await /** @type {Promise<void>} */ (new Promise((listening) => server.listen(0, "127.0.0.1", listening)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}/`, close: () => closed(server) };
}

/** @returns {Served[]} */
function packages() {
  const here = createRequire(import.meta.url);
  const conformance = here.resolve("@batchnorm/conformance");
  const ofConformance = createRequire(conformance);
  const fastCheck = ofConformance.resolve("fast-check/package.json");
  const pureRand = createRequire(fastCheck).resolve("pure-rand/package.json");
  return [
    ours("core", here.resolve("@batchnorm/core")),
    ours("layers", ofConformance.resolve("@batchnorm/layers")),
    ours("backend-wasm", here.resolve("@batchnorm/backend-wasm")),
    ours("backend-cpu", here.resolve("@batchnorm/backend-cpu")),
    ours("backend-tfjs", here.resolve("@batchnorm/backend-tfjs")),
    ours("conformance", conformance),
    {
      path: "/fast-check/",
      folder: join(dirname(fastCheck), "lib"),
      imports: { "fast-check": "/fast-check/fast-check.js" },
    },
    { path: "/pure-rand/", folder: join(dirname(pureRand), "lib/esm"), imports: { "pure-rand/": "/pure-rand/" } },
    { path: "/judging/", folder: dirname(dirname(fileURLToPath(import.meta.url))), imports: {} },
    ...["tfjs", "tfjs-core", "tfjs-backend-wasm", "tfjs-backend-webgl", "tfjs-backend-webgpu"].map((name) => ({
      path: `/${name}/`,
      folder: join(dirname(here.resolve(`@tensorflow/${name}/package.json`)), "dist"),
      imports: {},
    })),
  ];
}

/**
 * @param {string} name
 * @param {string} entry
 * @returns {Served}
 */
function ours(name, entry) {
  const path = `/${name}/`;
  const folder = dirname(entry);
  /** @type {{ exports: Record<string, { default: string }> }} */
  const { exports } = JSON.parse(readFileSync(join(folder, "../package.json"), "utf8"));
  const imports = Object.entries(exports).map(([key, built]) => [
    `@batchnorm/${name}${key.slice(1)}`,
    built.default.replace("./dist/", path),
  ]);
  return { path, folder, imports: Object.fromEntries(imports) };
}

/**
 * The file behind a path: a file of a package's folder, a module named with or without its extension.
 *
 * @param {readonly Served[]} served
 * @param {string} pathname
 */
function fileOf(served, pathname) {
  const from = served.find(({ path }) => pathname.startsWith(path));
  if (from === undefined) return null;
  const file = normalize(join(from.folder, decodeURIComponent(pathname.slice(from.path.length))));
  const named = extname(file) in types ? file : `${file}.js`;
  return named.startsWith(from.folder + sep) && existsSync(named) ? named : null;
}

/**
 * @param {import("node:http").Server} server
 * @returns {Promise<void>}
 */
function closed(server) {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
