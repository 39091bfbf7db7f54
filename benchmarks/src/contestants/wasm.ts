import { createWasmBackend } from "@batchnorm/backend-wasm";
import { backendAbout, backendContestant, limitOf, tensorsOfKernels } from "./backend.js";
import type { Contestant } from "./contestant.js";
import type { HelperContestantOptions } from "./helper-contestant.js";
import { ownVersion } from "./own-version.js";

/** What people are told of the wasm backend, wherever it runs. */
export function wasmDescription(threads: number): Omit<HelperContestantOptions, "command"> {
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
export async function wasmContestant(threads = 1): Promise<Contestant> {
  const backend = await createWasmBackend({ threads });
  const { name, limit } = wasmDescription(threads);
  return { ...backendContestant(backend, { name, limit, version: ownVersion() }), close: async () => backend.close() };
}
