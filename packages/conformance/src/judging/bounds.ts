import type { DType } from "@batchnorm/core";
import type { DataClass } from "./data-class.js";

/** What every pass of a layer computes, each result judged at a scale of its own (see core's scales.ts). */
export const operations = ["y", "dx", "dweight", "dbias", "running_mean", "running_var"] as const;

/** Besides, the batch's moments, and the parameters: what `step` made of them. */
export const judgedOperations = ["mean", "variance", ...operations, "weight", "bias"] as const;

export type Operation = (typeof judgedOperations)[number];

/**
 * What results are compared with: the specification, from the state that the layer was in before the step; or values
 * that were published for the whole sequence, in which the roundings of earlier steps show.
 */
export type Against = "specification" | "published";

/** The largest errors, in ulp at the operation's scale, that a right backend may show. */
export interface BoundsRow {
  readonly dtype: DType;
  readonly against: Against;
  readonly data: DataClass;
  readonly ulp: Readonly<Partial<Record<Operation, number>>>;
}

export type Bounds = readonly BoundsRow[];

/** Where a bound is looked up. */
export type Judged = Pick<BoundsRow, "dtype" | "against" | "data"> & { readonly operation: Operation };

/**
 * The bound of an operation.
 *
 * @throws Error where there is none: what was never measured cannot be called right
 */
export function boundOf(bounds: Bounds, { dtype, against, data, operation }: Judged): number {
  const row = bounds.find((one) => one.dtype === dtype && one.against === against && one.data === data);
  const bound = row?.ulp[operation];
  if (bound === undefined) {
    throw new Error(`the bounds have no ${operation} for ${dtype} against ${against} values on ${data} data`);
  }
  return bound;
}
