/** What backends share whose tensors lie in host memory. */
export { HostChecks } from "./checks.js";
export { type GradientSumArrays, HostGradientSums, HostMoments, type MomentArrays } from "./per-channel.js";
export { type HostStorage, HostTensor } from "./tensor.js";
