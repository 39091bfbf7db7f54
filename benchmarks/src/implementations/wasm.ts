import { createWasmBackend } from "@batchnorm/backend-wasm";
import type { Implementation, ImplementationDescription } from "@batchnorm/timing";
import { backendAbout, backendImplementation, limitOf, tensorsOfKernels } from "@batchnorm/timing";
import { ownVersion } from "./own-version.js";

/** What people are told of the wasm backend, wherever it runs. */
export function wasmDescription(threads: number): ImplementationDescription {
  return {
    name: `wasm${threads > 1 ? ` ${threads} threads` : ""}`,
    kind: "backend",
    about: backendAbout,
    threads,
    limit: limitOf("wasm"),
    tensorsHeld: tensorsOfKernels,
  };
}

/**
 * The wasm backend, for a process of its own, which opens it by name.
 *
 * @public
 */
export async function wasmImplementation(threads = 1): Promise<Implementation> {
  const backend = await createWasmBackend({ threads });
  const { name, limit } = wasmDescription(threads);
  return {
    ...backendImplementation(backend, { name, limit, version: ownVersion() }),
    close: async () => backend.close(),
  };
}
