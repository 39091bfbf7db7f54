export type { TfjsBackend } from "./backend.js";
export { createTfjsBackend, type TfjsBackendOptions } from "./create.js";
export type { Tensor, TensorFlow, Variable } from "./tfjs.js";
