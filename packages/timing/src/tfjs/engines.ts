import { type Absent, loadTfjsNode, tfjsNode } from "@batchnorm/optional-components";
import type { TensorFlow, TfjsEngine } from "./engine.js";

/** Loads an optional peer dependency, or says that it is not installed. */
export async function loadPeer<Module>(name: string, load: () => Promise<Module>): Promise<Module | Absent> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    return { present: false, reason: `${name} is not installed`, remedy: `run \`npm install ${name}\`` };
  }
}

const loadTfjs = () => loadPeer("@tensorflow/tfjs", () => import("@tensorflow/tfjs"));

const cpu: TfjsEngine = { name: "cpu", load: loadTfjs };

/** Looking for tfjs-node starts a process, and an engine is asked for before every turn. */
function once<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | null = null;
  return () => {
    loading ??= load();
    return loading;
  };
}

const wasm: TfjsEngine = {
  name: "wasm",
  load: async () => {
    const tf = await loadTfjs();
    if ("reason" in tf) return tf;
    const name = "@tensorflow/tfjs-backend-wasm";
    const engine = await loadPeer(name, () => import("@tensorflow/tfjs-backend-wasm"));
    return "reason" in engine ? engine : tf;
  },
};

const tensorflow: TfjsEngine = {
  name: "tensorflow",
  load: once(async () => {
    const presence = await tfjsNode.probe();
    if (!presence.present) return presence;
    // read when it is loaded: no lines of its own, and oneDNN's kernels, which are quicker
    process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
    process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
    return loadTfjsNode(presence.path as string) as TensorFlow;
  }),
};

/** The engines of TensorFlow.js that run in Node: plain JavaScript, WebAssembly, and TensorFlow itself. */
export const tfjsEngines = { cpu, wasm, tensorflow } as const satisfies Record<string, TfjsEngine>;
