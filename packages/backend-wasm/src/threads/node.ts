import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Helper, Place, Shared } from "./place.js";

/** What a helper runs, as text: no file has to be found next to this one, wherever a bundler puts it. */
const helperSource = `
const { parentPort, workerData } = require("node:worker_threads");
const env = { memory: workerData.memory };
const kernels = new WebAssembly.Instance(workerData.module, { env, host: { now: () => performance.now() } }).exports;
parentPort.postMessage("ready");
kernels.help();
`;

/** Worker threads of Node, which Bun and Deno have as well. The process ends whether or not they run. */
export const node: Place = {
  parallelism: availableParallelism,
  whyOneThread: () => (typeof SharedArrayBuffer === "undefined" ? "this engine has no SharedArrayBuffer" : undefined),
  startHelper: (shared) => startHelper(shared, helperSource),
};

/** @param source CommonJS that posts a message once it is ready */
export function startHelper({ module, memory }: Shared, source: string): Helper {
  const worker = new Worker(source, { eval: true, execArgv: [], name: "batchnorm", workerData: { module, memory } });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`it ended with code ${code}`)));
  });
  const ended = new Promise<void>((resolve) => {
    worker.once("exit", () => resolve());
    worker.on("error", () => {}); // its exit says enough
  });
  worker.once("message", () => worker.unref());
  return { ready, ended, terminate: () => void worker.terminate() };
}
