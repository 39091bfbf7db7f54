import type { DType } from "@batchnorm/core";
import type { DataClass } from "./case.js";

/** What every pass computes, each result judged at a scale of its own (see core's scales.ts). */
export const operations = ["y", "dx", "dweight", "dbias", "running_mean", "running_var"] as const;

/** Besides, the parameters: what `step` made of them. */
export type Operation = (typeof operations)[number] | "weight" | "bias";

/**
 * What results are compared with: the specification, from the state that the layer was in before the step; or values
 * that another program published for the whole sequence, in which the roundings of earlier steps show.
 */
export type Against = "specification" | "published";

/** A row of the table: the largest errors, in ulp at the operation's scale, that a right backend may show. */
interface Row extends Readonly<Record<Operation, number>> {
  readonly backend: string;
  readonly dtype: DType;
  readonly against: Against;
  readonly data: DataClass;
}

/** Where bounds are looked up. */
export type Judged = Pick<Row, "backend" | "dtype" | "against" | "data">;

/**
 * The one table of bounds. Each is at most twice the worst error that was measured on the digits and on PyTorch's
 * values, or 1 where that was less than half an ulp; against the specification float32 never goes beyond the goals: y
 * and dx 1 on cpu, all else 2. float64 is measured against a reference that is float64 itself and rounds as often.
 */
const table: readonly Row[] = [
  row("cpu", "float32", "specification", "ordinary", { y: 1, dx: 1, dweight: 2, dbias: 2, mean: 1, variance: 1 }),
  row("cpu", "float32", "specification", "offset", { y: 1, dx: 1, dweight: 1, dbias: 1, mean: 1, variance: 1 }),
  row("cpu", "float32", "published", "ordinary", { y: 2, dx: 1.5, dweight: 1.5, dbias: 2, mean: 1.5, variance: 1.5 }),
  row("cpu", "float32", "published", "offset", { y: 1.5, dx: 1, dweight: 1, dbias: 1, mean: 1, variance: 1 }),
  row("cpu", "float64", "specification", "ordinary", { y: 20, dx: 26, dweight: 8, dbias: 1, mean: 2, variance: 4 }),
  row("cpu", "float64", "specification", "offset", { y: 600, dx: 400, dweight: 350, dbias: 1, mean: 1, variance: 1 }),
  row("cpu", "float64", "published", "ordinary", { y: 20, dx: 22, dweight: 8, dbias: 1, mean: 2, variance: 6 }),
  row("cpu", "float64", "published", "offset", { y: 2, dx: 500, dweight: 350, dbias: 1, mean: 1, variance: 1 }),
];

function row(
  backend: string,
  dtype: DType,
  against: Against,
  data: DataClass,
  bounds: { y: number; dx: number; dweight: number; dbias: number; mean: number; variance: number },
): Row {
  const { y, dx, dweight, dbias, mean, variance } = bounds;
  // a parameter is off by as much as the gradients that moved it
  const parameters = { dweight, dbias, weight: dweight, bias: dbias };
  return { backend, dtype, against, data, y, dx, ...parameters, running_mean: mean, running_var: variance };
}

/**
 * The bound of an operation.
 *
 * @throws Error where the table has no such row: what was never measured cannot be called right
 */
export function boundOf(judged: Judged, operation: Operation): number {
  const keys = ["backend", "dtype", "against", "data"] as const;
  const row = table.find((candidate) => keys.every((key) => candidate[key] === judged[key]));
  if (row === undefined) {
    throw new Error(`the table of bounds has no row for ${keys.map((key) => `${key} ${judged[key]}`).join(", ")}`);
  }
  return row[operation];
}
