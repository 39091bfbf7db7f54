import { tfjsBackends as onEngines, openTfjsBackend, useTfjsBackend } from "@batchnorm/benchmarks";
import type { KnownBackend } from "./known-backends.js";
import { ownVersion } from "./version.js";

/** The backends on TensorFlow.js, one for each engine that runs in Node. */
export function tfjsBackends(): readonly KnownBackend[] {
  return Object.values(onEngines).map((one) => ({
    name: one.name,
    packageName: "@batchnorm/backend-tfjs",
    version: ownVersion(),
    bounds: () => boundsOf(one.name),
    open: () => openTfjsBackend(one),
    use: () => useTfjsBackend(one),
  }));
}

/** On TensorFlow by whose kernels it runs. */
function boundsOf(name: string): string {
  if (name !== onEngines.tensorflow.name || process.env.TF_ENABLE_ONEDNN_OPTS === "0") return name;
  return `${name}-onednn`;
}
