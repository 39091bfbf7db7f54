import type { Tensor } from "../backend.js";
import type { DType, FloatArray } from "../dtype.js";
import { describeShape, TensorError } from "../errors.js";

/** A buffer in host memory with the number of tensors that share it. */
export interface HostStorage {
  readonly array: FloatArray;
  /** One more tensor on it. */
  share(): this;
  /** One less; after the last it may serve another. */
  release(): void;
}

/** A tensor in host memory. Made by a backend's `tensor` and `state`, never by `new`. */
export class HostTensor<Storage extends HostStorage = HostStorage> implements Tensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The backend that made it. */
  readonly owner: object;
  /** Whether the backend may write it. */
  readonly isState: boolean;
  #storage: Storage | null;

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

  /**
   * What backends keep the values in.
   *
   * @throws TensorError (`ERR_DISPOSED`)
   */
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
