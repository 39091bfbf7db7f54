import { createWasmBackend } from "@batchnorm/backend-wasm";
import { backendImplementation, type Implementation } from "@batchnorm/timing";
import { ownVersion } from "./own-version.js";

/**
 * The wasm backend, for a process of its own, which opens it by name.
 *
 * @public
 */
export async function wasmImplementation(threads = 1): Promise<Implementation> {
  const backend = await createWasmBackend({ threads });
  return { ...backendImplementation(backend, { version: ownVersion() }), close: async () => backend.close() };
}
