/** What a backend in host memory is made of: an engine supplies kernels, the rest is derived of them here, once. */
export { HostBackend, hostBackend } from "./backend.js";
export { coefficientsOf, rowCount, rows } from "./coefficients.js";
export type { BackwardResults, HostSource, Kernels } from "./kernels.js";
export type { HostMemory } from "./memory.js";
export { HostGradientSums, HostMoments } from "./per-channel.js";
export { HostTensor } from "./tensor.js";
