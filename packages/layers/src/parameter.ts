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

/** A parameter as its layer has it. */
export interface MutableParameter<T extends Tensor> extends Parameter<T> {
  requiresGrad: boolean;
}

/** A parameter as users see it: nothing of it can be assigned. */
export class ReadonlyParameter<T extends Tensor> implements Parameter<T> {
  readonly #parameter: MutableParameter<T>;

  constructor(parameter: MutableParameter<T>) {
    this.#parameter = parameter;
  }

  get name(): "weight" | "bias" {
    return this.#parameter.name;
  }

  get value(): T {
    return this.#parameter.value;
  }

  get grad(): T {
    return this.#parameter.grad;
  }

  get requiresGrad(): boolean {
    return this.#parameter.requiresGrad;
  }

  static {
    asFields(ReadonlyParameter.prototype, {
      name: "is fixed",
      value: "belongs to the layer; backend.assign(value, tensor) or the layer's loadStateDict() writes into it",
      grad: "belongs to the layer; backend.assign(grad, tensor) or the layer's zeroGrad() writes into it",
      requiresGrad: "is set by freeze({ parameters: true }) and unfreeze()",
    });
  }
}
