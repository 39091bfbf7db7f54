import type { Tensor } from "@batchnorm/core";
import { BatchNorm } from "./batch-norm.js";

/**
 * Batch normalization of `(N, C)` or `(N, C, L)`; channels-last `(N, C)` or `(N, L, C)`.
 *
 * Each of the C features is normalized over the batch and, where there is one, the length: m = N or N L values.
 */
export class BatchNorm1d<T extends Tensor = Tensor> extends BatchNorm<T> {
  protected readonly kind = "BatchNorm1d";
  protected readonly ranks = [2, 3];
  protected readonly takes = { "channels-first": "(N, C) or (N, C, L)", "channels-last": "(N, C) or (N, L, C)" };
}

/**
 * Batch normalization of `(N, C, H, W)`; channels-last `(N, H, W, C)`.
 *
 * Each of the C feature maps is normalized over the batch and all positions: m = N H W values.
 */
export class BatchNorm2d<T extends Tensor = Tensor> extends BatchNorm<T> {
  protected readonly kind = "BatchNorm2d";
  protected readonly ranks = [4];
  protected readonly takes = { "channels-first": "(N, C, H, W)", "channels-last": "(N, H, W, C)" };
}

/**
 * Batch normalization of `(N, C, D, H, W)`; channels-last `(N, D, H, W, C)`.
 *
 * Each of the C feature maps is normalized over the batch and all positions: m = N D H W values.
 */
export class BatchNorm3d<T extends Tensor = Tensor> extends BatchNorm<T> {
  protected readonly kind = "BatchNorm3d";
  protected readonly ranks = [5];
  protected readonly takes = { "channels-first": "(N, C, D, H, W)", "channels-last": "(N, D, H, W, C)" };
}
