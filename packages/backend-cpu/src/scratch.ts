import type { Pool } from "./pool.js";

/** Buffers of one float64 per channel, taken from the pool and given back together. */
export class Scratch {
  readonly #pool: Pool;
  readonly #channels: number;
  #taken: Float64Array[] = [];

  constructor(pool: Pool, channels: number) {
    this.#pool = pool;
    this.#channels = channels;
  }

  /** One more, with whatever values its last user left. */
  array(): Float64Array {
    const array = this.#pool.take("float64", this.#channels) as Float64Array;
    this.#taken.push(array);
    return array;
  }

  dispose(): void {
    for (const array of this.#taken) this.#pool.give(array);
    this.#taken = [];
  }
}

/** Runs `work` with scratch that lives no longer than it. */
export function withScratch<Result>(pool: Pool, channels: number, work: (scratch: Scratch) => Result): Result {
  const scratch = new Scratch(pool, channels);
  try {
    return work(scratch);
  } finally {
    scratch.dispose();
  }
}
