import type { DType } from "@batchnorm/core";
import type { HostBackend } from "@batchnorm/core/host";

export type BackendName = "wasm" | "cpu";

interface Candidate {
  readonly name: BackendName;
  readonly dtypes: readonly DType[];
  /** Loads it: what is not chosen is not loaded. */
  open(options: { readonly threads?: number }): Promise<HostBackend>;
}

/** The fastest first. */
export const candidates: readonly Candidate[] = [
  {
    name: "wasm",
    dtypes: ["float32"],
    open: async (options) => (await import("@batchnorm/backend-wasm")).createWasmBackend(options),
  },
  {
    name: "cpu",
    dtypes: ["float32", "float64"],
    open: async () => (await import("@batchnorm/backend-cpu")).createCpuBackend(),
  },
];
