// Every backend that is judged, and how to start it: for the tests and for the measuring of bounds.
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { createTfjsBackend } from "@batchnorm/backend-tfjs";
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { loadTfjsNode, tfjsNode } from "@batchnorm/optional-components";

/** @typedef {import("@batchnorm/core").Backend} Backend */

/**
 * @typedef {object} JudgedBackend
 * @property {string} name its row in the table of bounds
 * @property {import("@batchnorm/optional-components").Component} [component] what it needs to run here
 * @property {() => Promise<Backend>} open to be called in a process of its own, as TensorFlow.js has one engine at a time
 */

/**
 * @param {() => Promise<unknown>} load the engine
 * @param {string} engine
 * @param {import("@batchnorm/backend-tfjs").TfjsBackendOptions} [options]
 */
async function tfjs(load, engine, options) {
  const tf = await import("@tensorflow/tfjs-core");
  await load();
  await tf.setBackend(engine);
  return createTfjsBackend(tf, options);
}

/**
 * TensorFlow on one thread: its sums are the same on every machine then, and the longest.
 *
 * @param {Record<string, string>} environment read when TensorFlow is loaded
 * @param {import("@batchnorm/backend-tfjs").TfjsBackendOptions} [options]
 */
async function tensorflow(environment, options) {
  const presence = await tfjsNode.probe();
  if (!presence.present || presence.path === undefined) throw new Error("tfjs-node is absent");
  Object.assign(process.env, { TF_CPP_MIN_LOG_LEVEL: "2", TF_NUM_INTRAOP_THREADS: "1", ...environment });
  const tf = /** @type {import("@batchnorm/backend-tfjs").TensorFlow} */ (loadTfjsNode(presence.path));
  return createTfjsBackend(tf, options);
}

const own = { TF_ENABLE_ONEDNN_OPTS: "0" };
/** Its code depends on the machine's instructions otherwise. */
const oneDnn = { TF_ENABLE_ONEDNN_OPTS: "1", ONEDNN_MAX_CPU_ISA: "AVX2" };

/** @type {readonly JudgedBackend[]} */
export const backends = [
  { name: "cpu", open: async () => createCpuBackend() },
  { name: "wasm", open: () => createWasmBackend({ threads: 2 }) },
  { name: "tfjs-cpu", open: () => tfjs(() => import("@tensorflow/tfjs-backend-cpu"), "cpu") },
  {
    name: "tfjs-cpu-cpu",
    open: () => tfjs(() => import("@tensorflow/tfjs-backend-cpu"), "cpu", { host: createCpuBackend() }),
  },
  { name: "tfjs-wasm", open: () => tfjs(() => import("@tensorflow/tfjs-backend-wasm"), "wasm") },
  { name: "tfjs-tensorflow", component: tfjsNode, open: () => tensorflow(own) },
  { name: "tfjs-tensorflow-onednn", component: tfjsNode, open: () => tensorflow(oneDnn) },
  { name: "tfjs-tensorflow-imprecise", component: tfjsNode, open: () => tensorflow(own, { precise: false }) },
];
