// Layers on threads of which one is lost. Logs JSON.
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { BatchNorm2d } from "@batchnorm/layers";
import { words } from "./words.mjs";

const shape = [32, 16, 40, 40];
const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i % 251) - (i % 17));

const workers = [];
globalThis.Worker = class extends Worker {
  constructor(...args) {
    super(...args);
    workers.push(this);
  }
};

/** A layer, and what each of its steps makes: its result and running statistics, or the error, and what it took. */
async function training(threads) {
  const backend = await createWasmBackend({ threads });
  const bn = new BatchNorm2d(backend, shape[1]);
  const x = backend.tensor(values, shape);
  const statistics = () => [...bn.runningMean.values, ...bn.runningVar.values].join();
  async function step() {
    const before = statistics();
    const start = performance.now();
    try {
      const y = bn.forward(x);
      const bits = await bitsOf(await y.data());
      y.dispose();
      return { bits };
    } catch ({ code, message }) {
      const milliseconds = performance.now() - start;
      return { code, message, milliseconds, unharmed: statistics() === before };
    }
  }
  return { backend, buffer: x.values.buffer, step, statistics };
}

async function bitsOf(array) {
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(array.buffer));
  return [...new Uint8Array(hash)].join();
}

const pause = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A thread that takes a part of an operation as a helper does, and is not heard of since. */
async function sendThief(buffer) {
  const source = `
    onmessage = ({ data: { buffer, words } }) => {
      const longs = new BigInt64Array(buffer, 0, 512);
      const ints = new Int32Array(buffer, 0, 1024);
      postMessage("ready");
      while (true) {
        const turn = Atomics.load(longs, words.turn / 8);
        if (Number(turn & 0xffffffffn) >= Atomics.load(ints, words.tasks / 4)) continue;
        if (Atomics.compareExchange(longs, words.turn / 8, turn, turn + 1n) === turn) return;
      }
    };`;
  const thief = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const isReady = new Promise((resolve) => {
    thief.onmessage = resolve;
  });
  thief.postMessage({ buffer, words });
  await isReady;
}

/** Steps until one fails, and one more; beside them those of one thread. */
async function lost() {
  const [team, alone] = [await training(2), await training(1)];
  await sendThief(team.buffer);
  let failed = await team.step();
  while (failed.code === undefined) {
    await alone.step();
    await pause();
    failed = await team.step();
  }
  const [after, expected] = [await team.step(), await alone.step()];
  const { threads } = team.backend.capabilities;
  return { failed, threads, same: after.bits === expected.bits && team.statistics() === alone.statistics() };
}

/** Steps while the browser ends a helper: each is right or says that a thread was lost. */
async function ended() {
  const [team, alone] = [await training(2), await training(1)];
  const helper = workers.at(-1);
  const { bits } = await alone.step();
  const strange = [];
  const end = performance.now() + 3000; // Chromium ends a busy worker after 2 s
  helper.terminate();
  while (performance.now() < end) {
    const made = await team.step();
    if (made.bits !== bits && !(made.code === "ERR_THREAD" && made.unharmed)) strange.push(made);
    await pause();
  }
  return { strange };
}

console.log(JSON.stringify({ lost: await lost(), ended: await ended() }));
