export { BatchNormError, type DType } from "@batchnorm/core";
export * from "@batchnorm/layers";
export type { BackendName, Choice, ChosenBackend, CreateBackendOptions } from "./create-backend.js";
export { createBackend } from "./create-backend.js";
