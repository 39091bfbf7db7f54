import type { DType, Tensor } from "@batchnorm/core";
import type { Check, Subject } from "../check.js";
import type { SentenceName } from "../sentences.js";

export interface CheckOptions {
  readonly large?: boolean;
  readonly dtypes?: readonly DType[];
}

/** A check in each type: results are rounded to the type of the data. */
export function typedChecks(
  sentence: SentenceName,
  name: string,
  ask: (subject: Subject, dtype: DType) => Promise<void>,
  { large = false, dtypes = ["float32", "float64"] }: CheckOptions = {},
): Check[] {
  return dtypes.map((dtype) => ({
    sentence,
    name,
    dtype,
    large,
    run: <T extends Tensor>(subject: Subject<T>) => ask(subject as unknown as Subject, dtype),
  }));
}
