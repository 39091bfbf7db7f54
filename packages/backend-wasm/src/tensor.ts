import type { HostBackend, HostTensor } from "@batchnorm/core/host";
import type { Buffer } from "./memory/buffers.js";

/** A tensor of the wasm backend. Its `values` are a view of shared memory, which stays valid when that grows. */
export type WasmTensor = HostTensor<Buffer>;

/** What `createWasmBackend` makes. */
export type WasmBackend = HostBackend<Buffer>;
