export type { BatchNorm, ForwardOptions, LayerOptions } from "./batch-norm.js";
export { type BackwardOptions, type BatchNormOptions, batchNorm, type FunctionalCall } from "./functional.js";
export type { Call } from "./layer-call.js";
export type { Parameter } from "./parameter.js";
export { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./ranks.js";
export type { KeyReport, LoadableStateDict, StateDict } from "./state-dict.js";
