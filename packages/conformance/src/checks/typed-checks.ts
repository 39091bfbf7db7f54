import type { DType, Tensor } from "@batchnorm/core";
import type { Check, Subject } from "../check.js";
import type { RequirementName } from "../requirements.js";

export interface CheckOptions {
  readonly large?: boolean;
  readonly dtypes?: readonly DType[];
}

/** A check in each type: results are rounded to the type of the data. */
export function typedChecks(
  requirement: RequirementName,
  name: string,
  ask: (subject: Subject, dtype: DType) => Promise<void>,
  { large = false, dtypes = ["float32", "float64"] }: CheckOptions = {},
): Check[] {
  return dtypes.map((dtype) => ({
    requirement,
    name,
    dtype,
    large,
    run: <T extends Tensor>(subject: Subject<T>) => ask(subject as unknown as Subject, dtype),
  }));
}
