import { createCpuBackend } from "@batchnorm/backend-cpu";
import { createTfjsBackend, type TensorFlow, type TfjsBackendOptions } from "@batchnorm/backend-tfjs";
import { type Absent, loadTfjsNode, tfjsNode } from "@batchnorm/components";
import type { Backend } from "@batchnorm/core";
import * as tfjs from "@tensorflow/tfjs-core";
import type { KnownBackend } from "./known-backends.js";
import { ownVersion } from "./version.js";

/** An engine of TensorFlow.js: registered when it is first asked for. */
interface Engine {
  readonly name: string;
  /** Registers it, or says why it cannot be here. */
  load(): Promise<TensorFlow | Absent>;
}

const cpu: Engine = {
  name: "cpu",
  load: async () => {
    await import("@tensorflow/tfjs-backend-cpu");
    return tfjs;
  },
};

const wasm: Engine = {
  name: "wasm",
  load: async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    return tfjs;
  },
};

const tensorflow: Engine = { name: "tensorflow", load: loadTensorflow };

async function loadTensorflow(): Promise<TensorFlow | Absent> {
  const presence = await tfjsNode.probe();
  if (!presence.present) return presence;
  // read when it is loaded: no lines of its own, and oneDNN's kernels, which are quicker
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
  return loadTfjsNode(presence.path as string) as TensorFlow;
}

/** The backends on TensorFlow.js, one for each engine that runs in Node. */
export function tfjsBackends(): readonly KnownBackend[] {
  return [
    backendOn(cpu, "tfjs-cpu"),
    backendOn(cpu, "tfjs-cpu-cpu", () => ({ host: createCpuBackend() })),
    backendOn(wasm, "tfjs-wasm"),
    {
      ...backendOn(tensorflow, "tfjs-tensorflow"),
      bounds: () => (process.env.TF_ENABLE_ONEDNN_OPTS === "0" ? "tfjs-tensorflow" : "tfjs-tensorflow-onednn"),
    },
  ];
}

/** TensorFlow.js has one engine at a time: to use a backend is to make its engine that one. */
function backendOn(engine: Engine, name: string, options?: () => TfjsBackendOptions): KnownBackend {
  const use = async () => {
    await tfjs.setBackend(engine.name);
  };
  return {
    name,
    packageName: "@batchnorm/backend-tfjs",
    version: ownVersion(),
    open: async (): Promise<Backend | Absent> => {
      tfjs.enableProdMode();
      const tf = await engine.load();
      if ("reason" in tf) return tf;
      await use();
      return createTfjsBackend(tf, options?.()) as Promise<unknown> as Promise<Backend>;
    },
    use,
  };
}
