import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import type { FloatArray } from "@batchnorm/core";
import { onnxruntimeWeb } from "./onnxruntime-web.js";

export interface PageServer {
  readonly address: string;
  /** what the page fetches */
  inputs: Readonly<Record<string, FloatArray>>;
  /** what the page has posted */
  readonly results: Map<string, Float64Array>;
  close(): void;
}

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves a page with a script, its inputs, and what peers load; takes its results. */
export async function servePage(script: string, isolated: boolean): Promise<PageServer> {
  const tfjsWasm = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  const onnxruntime = await onnxruntimeWeb.probe();
  const folders: Readonly<Record<string, string | undefined>> = {
    "tfjs-backend-wasm": join(tfjsWasm, "wasm-out"),
    "onnxruntime-web": onnxruntime.present ? onnxruntime.path : undefined,
  };
  const results = new Map<string, Float64Array>();
  const page: PageServer = { address: "", inputs: {}, results, close: () => {} };
  const server = createServer(async (request, response) => {
    if (isolated) for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    const [, folder = "", name = ""] = (request.url ?? "/").split("/");
    if (folder === "") {
      response.setHeader("content-type", "text/html");
      return response.end(
        '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
      );
    }
    if (folder === "page.js") return response.setHeader("content-type", "text/javascript").end(script);
    if (folder === "inputs") {
      const values = page.inputs[name];
      if (values !== undefined)
        return response.end(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    if (folder === "results") {
      results.set(name, await float64s(request));
      return response.end();
    }
    const file = join(folders[folder] ?? "", basename(name));
    if (folders[folder] === undefined || !existsSync(file)) return response.writeHead(404).end();
    response.setHeader("content-type", name.endsWith(".wasm") ? "application/wasm" : "text/javascript");
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return Object.assign(page, {
    address: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

async function float64s(request: IncomingMessage): Promise<Float64Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new Float64Array(new Uint8Array(Buffer.concat(chunks)).buffer);
}
