import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ImplementationDescription } from "@batchnorm/timing";
import { onnxComponent, onnxDescription } from "../implementations/onnx-package.js";

/** What people are told of ONNX Runtime in a page. */
export function onnxruntimeWebDescription(threads: number): ImplementationDescription {
  return onnxDescription("onnxruntime-web", "onnxruntime-web on wasm, which copies x in and y out", threads);
}

/**
 * `path` is the folder of what pages load. A dependency like onnxruntime-node, at half its size: 33 MB to fetch, 139 MB on
 * disk, which clones share by pnpm's links.
 */
export const onnxruntimeWeb = onnxComponent(
  "onnxruntime-web",
  "onnxruntime-web",
  "is timed beside the backends in a page, in inference",
  async () => {
    const path = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
    const { version } = JSON.parse(await readFile(join(path, "..", "package.json"), "utf8")) as { version: string };
    return { version, path };
  },
);
