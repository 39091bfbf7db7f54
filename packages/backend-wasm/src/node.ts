import { type CreateWasmBackend, creator } from "./create.js";
import { node } from "./threads/node.js";

export type { CreateWasmBackend, WasmBackendOptions } from "./create.js";
export type { WasmBackend, WasmTensor } from "./tensor.js";

/** Makes a backend: see {@link CreateWasmBackend}. */
export const createWasmBackend: CreateWasmBackend = creator(node);
