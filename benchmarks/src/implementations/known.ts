import { fileURLToPath } from "node:url";
import { pytorch } from "@batchnorm/optional-components";
import { cpuDescription } from "./cpu.js";
import { helperImplementation } from "./helper-implementation.js";
import { hosted } from "./hosted.js";
import type { KnownImplementation } from "./known-implementation.js";
import { baselineOnTfjs, ownOnTfjs } from "./known-tfjs.js";
import { onnxruntime, onnxruntimeDescription } from "./onnxruntime.js";
import { pytorchImplementation } from "./pytorch.js";
import { started, withComponent } from "./start.js";
import { wasmDescription } from "./wasm.js";

/** Every implementation, backends first, in the order in which people are shown them. A new one is one more entry. */
export function knownImplementations(): readonly KnownImplementation[] {
  return [
    {
      name: cpuDescription.name,
      kind: cpuDescription.kind,
      threaded: false,
      ofEngine: false,
      open: () =>
        started(() => helperImplementation({ ...cpuDescription, command: hosted(here("cpu"), "cpuImplementation") })),
    },
    {
      name: "wasm",
      kind: "backend",
      threaded: true,
      ofEngine: false,
      open: (threads) =>
        started(() => {
          const command = hosted(here("wasm"), "wasmImplementation");
          return helperImplementation({ ...wasmDescription(threads), command });
        }),
    },
    ...ownOnTfjs(),
    ...baselineOnTfjs(),
    ...(["default", "retained"] as const).map((memory) => ({
      name: memory === "retained" ? "pytorch malloc retained" : "pytorch",
      kind: "peer" as const,
      threaded: true,
      ofEngine: false,
      open: (threads: number) =>
        withComponent(pytorch, (python) => pytorchImplementation(python ?? "python3", { threads, memory })),
    })),
    {
      name: "onnxruntime",
      kind: "peer",
      threaded: true,
      ofEngine: false,
      open: (threads) => {
        const command = hosted(here("onnxruntime"), "onnxruntimeImplementation");
        return withComponent(onnxruntime, () => helperImplementation({ ...onnxruntimeDescription(threads), command }));
      },
    },
  ];
}

function here(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
