/// <reference lib="esnext.disposable" preserve="true" />
export * from "./backend.js";
export * from "./checks.js";
export * from "./dtype.js";
export * from "./errors.js";
export * from "./host/index.js";
export * from "./moments.js";
export * from "./options.js";
export * from "./scales.js";
export * as specification from "./specification/index.js";
export * from "./ulp.js";
export * from "./view.js";
