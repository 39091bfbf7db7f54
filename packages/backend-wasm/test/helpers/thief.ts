import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { words } from "./shared-words.js";

const source = `
const { parentPort, workerData: { buffer, words, slowMilliseconds } } = require("node:worker_threads");
const longs = new BigInt64Array(buffer, 0, 512);
const ints = new Int32Array(buffer, 0, 1024);
parentPort.postMessage("ready");
while (true) {
  const turn = Atomics.load(longs, words.turn / 8);
  if (Number(turn & 0xffffffffn) >= Atomics.load(ints, words.tasks / 4)) continue;
  if (Atomics.compareExchange(longs, words.turn / 8, turn, turn + 1n) === turn) break;
}
if (slowMilliseconds > 0) {
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

/**
 * A thread that takes one task of an operation as a helper does, and is not heard of since: or only after
 * `slowMilliseconds`, through which it shows progress.
 */
export async function sendThief(memory: ArrayBufferLike, slowMilliseconds = 0) {
  const worker = new Worker(source, { eval: true, workerData: { buffer: memory, words, slowMilliseconds } });
  await once(worker, "message");
  const took = once(worker, "message");
  return { took, [Symbol.asyncDispose]: async () => void (await worker.terminate()) };
}
