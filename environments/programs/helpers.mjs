// Layers on threads of which one is lost. Logs JSON.
import { pause, training } from "./training.mjs";
import { words } from "./words.mjs";

const workers = [];
globalThis.Worker = class extends Worker {
  constructor(...args) {
    super(...args);
    workers.push(this);
  }
};

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
