import type { Tensor } from "@batchnorm/core";

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
