import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** What a helper of a copy is given: how many numbers its parts of both tensors have, and the two counters that all share. */
interface Part {
  readonly length: number;
  readonly turns: Int32Array;
}

const asked = 0;
const done = 1;

/** Milliseconds without a copy being done after which a helper is taken for dead. */
const patience = 10_000;

/**
 * Several threads that copy one tensor into another, each a part of its own memory; the calling thread does the first
 * part. Memory that threads share is copied at little more than half the speed.
 */
export class CopyTeam {
  readonly #turns: Int32Array;
  readonly #helpers: readonly Worker[];
  readonly #own: Float64Array;
  readonly #into: Float64Array;

  private constructor(own: Float64Array, into: Float64Array, turns: Int32Array, helpers: readonly Worker[]) {
    this.#own = own;
    this.#into = into;
    this.#turns = turns;
    this.#helpers = helpers;
  }

  /** @param bytes of the tensor, a multiple of 8 for each thread */
  static async start(bytes: number, threads: number): Promise<CopyTeam> {
    const turns = new Int32Array(new SharedArrayBuffer(8));
    const length = Math.floor(bytes / 8 / threads);
    const parts = Array.from({ length: threads - 1 }, () => ({ length, turns }));
    const helpers = await Promise.all(parts.map(startHelper));
    return new CopyTeam(new Float64Array(length).fill(1), new Float64Array(length).fill(2), turns, helpers);
  }

  /** Copies once. @throws Error where a helper has died */
  copy(): void {
    const expected = (Atomics.add(this.#turns, asked, 1) + 1) * this.#helpers.length;
    Atomics.notify(this.#turns, asked);
    this.#into.set(this.#own);
    const start = performance.now();
    while (Atomics.load(this.#turns, done) < expected) {
      // spins: a wait would cost more than the copy; the clock is looked at for a helper that is no more
      if (performance.now() - start > patience) throw new Error("a thread that copies gives no answer");
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#helpers.map((helper) => helper.terminate()));
  }
}

async function startHelper(part: Part): Promise<Worker> {
  const helper = new Worker(new URL(import.meta.url), { workerData: part });
  await once(helper, "message"); // rejects where it cannot start
  return helper;
}

function help({ length, turns }: Part): void {
  const [own, into] = [new Float64Array(length).fill(1), new Float64Array(length).fill(2)];
  parentPort?.postMessage("ready");
  for (let turn = 0; ; turn++) {
    while (Atomics.load(turns, asked) === turn) Atomics.wait(turns, asked, turn);
    into.set(own);
    Atomics.add(turns, done, 1);
  }
}

if (!isMainThread && (workerData as Part | null)?.turns !== undefined) help(workerData as Part);
