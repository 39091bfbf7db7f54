import { type Component, chromium, describePresence } from "@batchnorm/optional-components";
import { BenchmarkError } from "@batchnorm/timing";
import { hosted } from "../implementations/hosted.js";
import type { KnownImplementation } from "../implementations/known-implementation.js";
import type { Place } from "../results/schema.js";
import { descriptions } from "./implementations.js";
import { onnxruntimeWeb } from "./onnxruntime-web.js";

/** Those that run in a page: on threads only where it is cross-origin isolated. */
export function knownInChromium(isolated: boolean): readonly KnownImplementation[] {
  const inPage = (about: keyof typeof descriptions, open: string, threaded: boolean, needs: Component = chromium) =>
    hosted({
      about: descriptions[about],
      module: new URL("./implementations.js", import.meta.url),
      open: isolated ? open : `${open}NotIsolated`,
      threaded: threaded && isolated,
      needs,
    });
  return [
    inPage("cpu", "cpu", false),
    inPage("wasm", "wasm", true),
    inPage("tfjs-wasm", "tfjsWasm", true),
    inPage("onnxruntime-web", "onnxruntimeWeb", true, onnxruntimeWeb),
  ];
}

/** Where it is measured, for the result. */
export async function chromiumPlace(isolated: boolean): Promise<Place> {
  const presence = await chromium.probe();
  if (!presence.present) throw new BenchmarkError("ERR_IMPLEMENTATION", `chromium ${describePresence(presence)}`);
  return { engine: "Chromium", version: presence.version, isolated };
}
