import { type DType, type FloatArray, type HostStorage, HostTensor } from "@batchnorm/core";
import type { Pool } from "./pool.js";

/** A buffer of the pool with the number of tensors that share it. */
export class Storage implements HostStorage {
  readonly array: FloatArray;
  readonly #pool: Pool;
  #references = 1;

  constructor(pool: Pool, dtype: DType, length: number) {
    this.#pool = pool;
    this.array = pool.take(dtype, length);
  }

  share(): this {
    this.#references++;
    return this;
  }

  release(): void {
    if (--this.#references === 0) this.#pool.give(this.array);
  }
}

/** A tensor of the cpu backend. Made by its `tensor` and `state`, never by `new`. */
export class CpuTensor extends HostTensor<Storage> {}
