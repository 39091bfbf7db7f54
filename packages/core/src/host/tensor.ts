import type { VisibleTensor } from "../backend.js";
import type { DType, FloatArray } from "../dtype.js";
import { describeShape, TensorError } from "../errors.js";
import type { HostMemory, Shared } from "./memory.js";

/** A tensor in host memory. Made by a backend's `tensor` and `state`, never by `new`. */
export class HostTensor<M extends HostMemory = HostMemory> implements VisibleTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The backend that made it. */
  readonly owner: object;
  /** Whether the backend may write it. */
  readonly isState: boolean;
  #shared: Shared<M> | null;

  /** @internal */
  constructor(owner: object, shape: readonly number[], dtype: DType, shared: Shared<M>, isState: boolean) {
    this.owner = owner;
    this.shape = shape;
    this.dtype = dtype;
    this.isState = isState;
    this.#shared = shared;
  }

  /**
   * The values in row-major order, live: what is written here is in the tensor. Not to be used once the tensor is
   * disposed, since its buffer then serves another.
   *
   * @throws TensorError (`ERR_DISPOSED`)
   */
  get values(): FloatArray {
    return this.shared.memory.array;
  }

  /**
   * What the engine keeps the values in.
   *
   * @throws TensorError (`ERR_DISPOSED`)
   */
  get memory(): M {
    return this.shared.memory;
  }

  /**
   * @internal
   * @throws TensorError (`ERR_DISPOSED`)
   */
  get shared(): Shared<M> {
    if (this.#shared === null) {
      throw new TensorError(
        "ERR_DISPOSED",
        `a tensor of shape ${describeShape(this.shape)} was used after its dispose(); dispose it later, or keep a copy of data()`,
      );
    }
    return this.#shared;
  }

  /** A copy of the values. Rejects with TensorError (`ERR_DISPOSED`) after dispose. */
  async data(): Promise<FloatArray> {
    return this.values.slice();
  }

  /** Gives the buffer back to the backend. Once is enough; again does nothing. */
  dispose(): void {
    this.#shared?.release();
    this.#shared = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
