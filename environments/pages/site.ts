import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** A web site on this machine; its address ends in a slash. */
export interface Site {
  readonly address: string;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** whether its pages are cross-origin isolated, so that workers share memory */
  readonly isolated?: boolean;
  /** its content security policy */
  readonly policy?: string;
  /** files that are not in the folder, by their paths */
  readonly files?: Readonly<Record<string, string>>;
}

export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
};

/** Serves a folder as it is. */
export async function serve(folder: string, { isolated = false, policy, files = {} }: SiteOptions = {}): Promise<Site> {
  const headers = new Headers({
    ...(isolated && isolation),
    ...(policy !== undefined && { "Content-Security-Policy": policy }),
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    response.setHeaders(headers).setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    if (files[path] !== undefined) return response.end(files[path]);
    const file = join(folder, path);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
