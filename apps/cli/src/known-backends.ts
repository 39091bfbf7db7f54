import { openTfjsBackend, tfjsBackends, useTfjsBackend } from "@batchnorm/timing/tfjs";
import type { KnownBackend } from "./known-backend.js";
import { ownVersion } from "./version.js";

/** Every backend, in the order in which people are shown them. */
export function knownBackends(): readonly KnownBackend[] {
  const version = ownVersion();
  return [
    {
      name: "cpu",
      packageName: "@batchnorm/backend-cpu",
      version,
      open: async () => (await import("@batchnorm/backend-cpu")).createCpuBackend(),
    },
    {
      name: "wasm",
      packageName: "@batchnorm/backend-wasm",
      version,
      open: async () => (await import("@batchnorm/backend-wasm")).createWasmBackend(),
    },
    ...Object.values(tfjsBackends).map((one) => ({
      name: one.name,
      packageName: "@batchnorm/backend-tfjs",
      version,
      bounds: () => boundsOnTfjs(one.name),
      open: () => openTfjsBackend(one),
      use: () => useTfjsBackend(one),
    })),
  ];
}

/** On TensorFlow the bounds depend on whose kernels it runs. */
function boundsOnTfjs(name: string): string {
  if (name !== tfjsBackends.tensorflow.name || process.env.TF_ENABLE_ONEDNN_OPTS === "0") return name;
  return `${name}-onednn`;
}
