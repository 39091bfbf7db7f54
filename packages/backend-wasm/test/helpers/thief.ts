import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { words } from "./shared-words.js";

/** Takes one task, and says so. */
export const source = `
const { parentPort, workerData: { buffer, words, slowMilliseconds, gate } } = require("node:worker_threads");
const longs = new BigInt64Array(buffer, 0, 512);
const ints = new Int32Array(buffer, 0, 1024);
parentPort.postMessage("ready");
while (true) {
  const turn = Atomics.load(longs, words.turn / 8);
  if (Number(turn & 0xffffffffn) >= Atomics.load(ints, words.tasks / 4)) continue;
  if (Atomics.compareExchange(longs, words.turn / 8, turn, turn + 1n) === turn) break;
}
if (gate) Atomics.wait(gate, 0, 0);
if (gate || slowMilliseconds > 0) {
  const end = performance.now() + slowMilliseconds;
  while (performance.now() < end) {
    Atomics.add(ints, words.progress / 4, 1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  Atomics.add(ints, words.done / 4, 1);
  Atomics.notify(ints, words.done / 4);
}
parentPort.postMessage("took");
`;

interface Theft {
  /** how long it takes for its task, through which it shows progress */
  readonly slowMilliseconds?: number;
  /** whether it stands still with its task until it is released, as a thread without a processor */
  readonly held?: boolean;
}

/** A thread that takes one task of an operation as a helper does, and is not heard of since, or only after a while. */
export async function sendThief(memory: ArrayBufferLike, { slowMilliseconds = 0, held = false }: Theft = {}) {
  const gate = held ? new Int32Array(new SharedArrayBuffer(4)) : null;
  const worker = new Worker(source, { eval: true, workerData: { buffer: memory, words, slowMilliseconds, gate } });
  await once(worker, "message");
  const took = once(worker, "message");
  const release = () => {
    if (gate === null) return;
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  };
  return { took, release, [Symbol.asyncDispose]: async () => void (await worker.terminate()) };
}
