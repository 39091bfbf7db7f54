import { fileURLToPath } from "node:url";
import { pytorch } from "@batchnorm/components";
import { cpuDescription } from "./cpu.js";
import { helperContestant } from "./helper-contestant.js";
import { hosted, type JavaScriptContestant } from "./hosted.js";
import type { KnownContestant } from "./known-contestant.js";
import { ownOnTfjs, stockOnTfjs } from "./known-tfjs.js";
import { onnxruntime, onnxruntimeDescription } from "./onnxruntime.js";
import { pytorchContestant } from "./pytorch.js";
import { started, withComponent } from "./start.js";
import { wasmDescription } from "./wasm.js";

const cpu: JavaScriptContestant = { module: here("cpu"), open: "cpuContestant" };

/** Every contestant, backends first, in the order in which people are shown them. A new one is one more entry. */
export function knownContestants(): readonly KnownContestant[] {
  return [
    {
      name: cpuDescription.name,
      kind: cpuDescription.kind,
      threaded: false,
      ofEngine: false,
      open: (_, how) => started(() => helperContestant({ ...cpuDescription, command: hosted(cpu, how) })),
      javaScript: cpu,
    },
    {
      name: "wasm",
      kind: "backend",
      threaded: true,
      ofEngine: false,
      open: (threads, how) =>
        started(() => {
          const command = hosted({ module: here("wasm"), open: "wasmContestant" }, how);
          return helperContestant({ ...wasmDescription(threads), command });
        }),
      javaScript: null,
    },
    ...ownOnTfjs(),
    ...stockOnTfjs(),
    ...(["default", "kept"] as const).map((memory) => ({
      name: memory === "kept" ? "pytorch kept" : "pytorch",
      kind: "peer" as const,
      threaded: true,
      ofEngine: false,
      open: (threads: number) =>
        withComponent(pytorch, (python) => pytorchContestant(python ?? "python3", { threads, memory })),
      javaScript: null,
    })),
    {
      name: "onnxruntime",
      kind: "peer",
      threaded: true,
      ofEngine: false,
      open: (threads, how) => {
        const command = hosted({ module: here("onnxruntime"), open: "onnxruntimeContestant" }, how);
        return withComponent(onnxruntime, () => helperContestant({ ...onnxruntimeDescription(threads), command }));
      },
      javaScript: null,
    },
  ];
}

function here(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
