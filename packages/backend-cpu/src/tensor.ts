import { type DType, describeShape, type FloatArray, type Tensor, TensorError } from "@batchnorm/core";
import type { Pool } from "./pool.js";

/** A buffer of the pool with the number of tensors that share it. */
export class Storage {
  readonly array: FloatArray;
  readonly #pool: Pool;
  #references = 1;

  constructor(pool: Pool, dtype: DType, length: number) {
    this.#pool = pool;
    this.array = pool.take(dtype, length);
  }

  share(): Storage {
    this.#references++;
    return this;
  }

  release(): void {
    if (--this.#references === 0) this.#pool.give(this.array);
  }
}

/** A tensor in host memory. Made by a backend's `tensor` and `state`, never by `new`. */
export class CpuTensor implements Tensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** @internal the backend that made it */
  readonly owner: object;
  /** @internal whether the backend may write it */
  readonly isState: boolean;
  #storage: Storage | null;

  /** @internal */
  constructor(owner: object, shape: readonly number[], dtype: DType, storage: Storage, isState: boolean) {
    this.owner = owner;
    this.shape = shape;
    this.dtype = dtype;
    this.isState = isState;
    this.#storage = storage;
  }

  /**
   * The values in row-major order, live: what is written here is in the tensor. Not to be used once the tensor is
   * disposed, since its buffer then serves another.
   *
   * @throws TensorError (`ERR_DISPOSED`)
   */
  get values(): FloatArray {
    return this.storage.array;
  }

  /** @internal */
  get storage(): Storage {
    if (this.#storage === null) {
      throw new TensorError(
        "ERR_DISPOSED",
        `a tensor of shape ${describeShape(this.shape)} was used after its dispose(); dispose it later, or keep a copy of data()`,
      );
    }
    return this.#storage;
  }

  /** A copy of the values. Rejects with TensorError (`ERR_DISPOSED`) after dispose. */
  async data(): Promise<FloatArray> {
    return this.values.slice();
  }

  /** Gives the buffer back to the backend. Once is enough; again does nothing. */
  dispose(): void {
    this.#storage?.release();
    this.#storage = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
