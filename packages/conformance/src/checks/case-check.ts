import type { DType, Tensor } from "@batchnorm/core";
import type { Check, Subject } from "../check.js";
import type { Case } from "../judging/case.js";
import { follow } from "../judging/follow.js";
import { judge } from "../judging/judged.js";
import type { SentenceName } from "../sentences.js";

const both: readonly DType[] = ["float32", "float64"];

/** A case made when it is asked for: its data may be large. */
export interface LazyCase {
  readonly name: string;
  readonly make: () => Case;
}

/** A check of a case in each type: the layer's sequence of steps, with the specification beside it. */
export function caseChecks(
  sentence: SentenceName,
  { name, make }: LazyCase,
  { large = false, dtypes = both }: { readonly large?: boolean; readonly dtypes?: readonly DType[] } = {},
): Check[] {
  return dtypes.map((dtype) => ({
    sentence,
    name,
    dtype,
    large,
    async run<T extends Tensor>(subject: Subject<T>) {
      const kase = make();
      const typed: Case = { ...kase, options: { dtype, ...kase.options } };
      await judge(subject as unknown as Subject, follow(subject.backend, typed, dtype));
    },
  }));
}
