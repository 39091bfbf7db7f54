import type { Gradients, Tensor } from "@batchnorm/core";
import { type BackwardOptions, type LiveCall, resolveBackwardOptions } from "./functional.js";

/** A forward pass through a layer; its `backward` adds to the gradients of the layer's parameters and returns dx. */
export interface Call<T extends Tensor = Tensor> {
  /** the result; belongs to the caller */
  readonly y: T;
  /**
   * @param dy the gradient of the loss by y, of the shape and type of x
   * @returns dx, which belongs to the caller; null where `needs.dx` is false
   * @throws ShapeError, DTypeError, TensorError for a dy that does not fit; CallError after dispose
   */
  backward(dy: T, options?: BackwardOptions<T> & { readonly needs?: { readonly dx?: true } }): T;
  backward(dy: T, options?: BackwardOptions<T>): T | null;
  /** Lets go of x and what else backward needs. y stays. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What a layer does with the gradients of its calls. */
export interface Accumulator<T extends Tensor> {
  /** @throws TensorError where the layer was disposed */
  checkLive(): void;
  /** whether any parameter wants a gradient */
  needsAffine(): boolean;
  accumulate(gradients: Gradients<T>): void;
}

export class LayerCall<T extends Tensor> implements Call<T> {
  readonly y: T;
  readonly #inner: LiveCall<T>;
  readonly #accumulator: Accumulator<T>;

  constructor(inner: LiveCall<T>, accumulator: Accumulator<T>) {
    this.y = inner.y;
    this.#inner = inner;
    this.#accumulator = accumulator;
  }

  backward(dy: T, options?: BackwardOptions<T>): T {
    const accumulator = this.#accumulator;
    accumulator.checkLive();
    const { out, needs, sums } = resolveBackwardOptions(options);
    const affine = needs.affine && accumulator.needsAffine();
    const gradients = this.#inner.differentiate(dy, { out, needs: { dx: needs.dx, affine }, sums });
    try {
      accumulator.accumulate(gradients);
    } catch (error) {
      if (gradients.dx !== out) gradients.dx?.dispose();
      throw error;
    } finally {
      gradients.dweight?.dispose();
      gradients.dbias?.dispose();
    }
    return gradients.dx as T;
  }

  dispose(): void {
    this.#inner.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
