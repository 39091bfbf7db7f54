export { openTfjsBackend, type TfjsBackendOnEngine, tfjsBackends, useTfjsBackend } from "./backends.js";
export { baselineTfjs, baselineTfjsDescription } from "./baseline.js";
export type { TensorFlow, TfjsEngine } from "./engine.js";
export { tfjsEngines } from "./engines.js";
