import type { TfjsBackendOptions } from "@batchnorm/backend-tfjs";
import type { Backend } from "@batchnorm/core";
import type { Absent } from "@batchnorm/optional-components";
import { type TfjsEngine, useEngine } from "./engine.js";
import { loadPeer, tfjsEngines } from "./engines.js";

/** Our backend on an engine of TensorFlow.js. */
export interface TfjsBackendOnEngine {
  /** its own name, and its row in the table of bounds unless its engine has several */
  readonly name: string;
  readonly engine: TfjsEngine;
  readonly options?: () => Promise<TfjsBackendOptions>;
}

const hostedByCpu = async () => ({ host: (await import("@batchnorm/backend-cpu")).createCpuBackend() });

/** Our backend on every engine of TensorFlow.js that runs in Node, in the order in which people are shown them. */
export const tfjsBackends = {
  cpu: { name: "tfjs-cpu", engine: tfjsEngines.cpu },
  cpuWithHost: { name: "tfjs-cpu-cpu", engine: tfjsEngines.cpu, options: hostedByCpu },
  wasm: { name: "tfjs-wasm", engine: tfjsEngines.wasm },
  tensorflow: { name: "tfjs-tensorflow", engine: tfjsEngines.tensorflow },
} as const satisfies Record<string, TfjsBackendOnEngine>;

/** Opens one in this process, with its engine in use; or says why this machine cannot run it. */
export async function openTfjsBackend({ engine, options }: TfjsBackendOnEngine): Promise<Backend | Absent> {
  const tf = await engine.load();
  if ("reason" in tf) return tf;
  tf.enableProdMode();
  await useEngine(tf, engine);
  const name = "@batchnorm/backend-tfjs";
  const peer = await loadPeer(name, () => import("@batchnorm/backend-tfjs"));
  if ("reason" in peer) return peer;
  return peer.createTfjsBackend(tf, await options?.()) as Promise<unknown> as Promise<Backend>;
}

/** Makes its engine the one in use again, where another may have been used since. */
export async function useTfjsBackend({ engine }: TfjsBackendOnEngine): Promise<void> {
  const tf = await engine.load();
  if (!("reason" in tf)) await useEngine(tf, engine);
}
