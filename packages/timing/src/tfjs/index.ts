export { openTfjsBackend, type TfjsBackendOnEngine, tfjsBackends, useTfjsBackend } from "./backends.js";
export { baselineTfjs, baselineTfjsDescription } from "./baseline.js";
export { type TensorFlow, type TfjsEngine, tfjsEngines } from "./engines.js";
