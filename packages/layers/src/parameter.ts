import type { Tensor } from "@batchnorm/core";
import { asFields } from "./fields.js";

/** A parameter of a layer, gamma ("weight") or beta ("bias"), with its gradient. Both belong to the layer. */
export interface Parameter<T extends Tensor = Tensor> {
  readonly name: "weight" | "bias";
  /** shape (C) */
  readonly value: T;
  /** shape (C); what backward has added up since the last `zeroGrad` */
  readonly grad: T;
  /** false: backward adds nothing to `grad`, and `step` leaves `value` alone */
  readonly requiresGrad: boolean;
}

/** A parameter as its layer holds it. */
export interface HeldParameter<T extends Tensor> extends Parameter<T> {
  requiresGrad: boolean;
}

/** A parameter as its layer shows it: nothing of it can be assigned. */
export class ShownParameter<T extends Tensor> implements Parameter<T> {
  readonly #held: HeldParameter<T>;

  constructor(held: HeldParameter<T>) {
    this.#held = held;
  }

  get name(): "weight" | "bias" {
    return this.#held.name;
  }

  get value(): T {
    return this.#held.value;
  }

  get grad(): T {
    return this.#held.grad;
  }

  get requiresGrad(): boolean {
    return this.#held.requiresGrad;
  }

  static {
    asFields(ShownParameter.prototype, {
      name: "is fixed",
      value: "belongs to the layer; backend.assign(value, tensor) or the layer's loadStateDict() writes into it",
      grad: "belongs to the layer; backend.assign(grad, tensor) or the layer's zeroGrad() writes into it",
      requiresGrad: "is set by freeze({ parameters: true }) and unfreeze()",
    });
  }
}
