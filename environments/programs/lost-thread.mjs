// Loses a helper thread in the middle of an operation and prints, as JSON, what becomes of the backend and of a layer. Closes
// no backend: the process has to end all the same.
import { once } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { BatchNorm2d } from "@batchnorm/layers";
import { source, words } from "./thief.mjs";

const shape = [32, 64, 20, 20];
const values = Float32Array.from({ length: 32 * 64 * 400 }, (_, i) => ((i * 7919) % 1000) / 500 - 1);

const backend = await createWasmBackend({ threads: 3 });
const bn = new BatchNorm2d(backend, 64);
const x = backend.tensor(values, shape);
bn.forward(x).dispose();
const { liveBuffers } = backend.memory();
const state = async () => JSON.stringify(await bn.stateDict());

// takes a part of an operation as a helper does, and ends
const workerData = { buffer: x.values.buffer, words, slowMilliseconds: 0, gate: null };
const thief = new Worker(source, { eval: true, workerData });
await once(thief, "message");
let before;
let error;
while (error === undefined) {
  before = await state();
  try {
    bn.forward(x).dispose();
  } catch (thrown) {
    error = thrown;
  }
  await setImmediate();
}
await thief.terminate();
const [after, { threads }] = [await state(), backend.capabilities];
const { code } = error;
while (backend.memory().liveBuffers !== liveBuffers) await setTimeout(10); // until all helpers have ended

const other = await createWasmBackend({ threads: 3 });
const fresh = new BatchNorm2d(other, 64);
fresh.loadStateDict(await bn.stateDict());
const results = [bn.forward(x), fresh.forward(other.tensor(values, shape))].map(({ values }) => [...values].join());
const again = { threads: other.capabilities.threads, sameResults: results[0] === results[1] };
console.log(JSON.stringify({ code, unharmed: after === before, threads, again }));
