import type { FloatArray } from "../dtype.js";

/** A piece of memory that an engine has allocated. */
export interface HostMemory {
  readonly array: FloatArray;
}

/** Who takes memory back. */
export interface Releasing<M> {
  release(memory: M): void;
}

/** A piece of an engine's memory with the number of tensors that share it. */
export class Shared<M extends HostMemory> {
  readonly memory: M;
  readonly #engine: Releasing<M>;
  #holders = 1;

  constructor(memory: M, engine: Releasing<M>) {
    this.memory = memory;
    this.#engine = engine;
  }

  /** One more holder. */
  share(): this {
    this.#holders++;
    return this;
  }

  /** One less; after the last the memory goes back to the engine. */
  release(): void {
    if (--this.#holders === 0) this.#engine.release(this.memory);
  }
}
