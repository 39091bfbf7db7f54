import { HostTensor } from "@batchnorm/core";
import type { Buffer } from "./memory/buffers.js";

/**
 * A tensor of the wasm backend. Made by its `tensor` and `state`, never by `new`. Its `values` are a view of shared
 * memory, which stays valid when that grows.
 */
export class WasmTensor extends HostTensor<Buffer> {}
