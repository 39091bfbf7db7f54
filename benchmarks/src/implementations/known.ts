import { pytorch } from "@batchnorm/optional-components";
import { backendDescription } from "./description.js";
import { hosted, started } from "./hosted.js";
import type { KnownImplementation } from "./known-implementation.js";
import { baselineOnTfjs, ownOnTfjs } from "./known-tfjs.js";
import { onnxruntime, onnxruntimeDescription } from "./onnxruntime.js";
import { pytorchImplementation } from "./pytorch.js";

/** Every implementation, backends first, in the order in which people are shown them. A new one is one more entry. */
export function knownImplementations(): readonly KnownImplementation[] {
  return [
    hosted({
      about: () => backendDescription("cpu"),
      module: new URL("./cpu.js", import.meta.url),
      open: "cpuImplementation",
    }),
    hosted({
      about: (threads) => backendDescription("wasm", threads),
      module: new URL("./wasm.js", import.meta.url),
      open: "wasmImplementation",
      threaded: true,
    }),
    ...ownOnTfjs(),
    ...baselineOnTfjs(),
    ...(["default", "retained"] as const).map((memory) => ({
      name: memory === "retained" ? "pytorch malloc retained" : "pytorch",
      kind: "peer" as const,
      threaded: true,
      ofEngine: false,
      open: (threads: number) =>
        started((python) => pytorchImplementation(python ?? "python3", { threads, memory }), pytorch),
    })),
    hosted({
      about: onnxruntimeDescription,
      module: new URL("./onnxruntime.js", import.meta.url),
      open: "onnxruntimeImplementation",
      threaded: true,
      needs: onnxruntime,
    }),
  ];
}
