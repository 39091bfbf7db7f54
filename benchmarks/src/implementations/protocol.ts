/**
 * What an implementation in a process of its own is asked, and what it answers: one JSON object per line, on its standard
 * input and output. It answers every request in order, by the request's `id`. Nothing else may be on its standard output;
 * what libraries print goes to standard error. It ends when its input does.
 *
 * Arrays travel as files of raw little-endian numbers of the workload's type, in C order.
 */
import { operations } from "@batchnorm/conformance";
import { milliseconds } from "@batchnorm/timing";
import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));

/** What is asked, by `do`. */
export interface Requests {
  /** who it is */
  readonly hello: { readonly threads: number };
  /** to be ready for a task on a workload; what was prepared before has been released */
  readonly prepare: {
    readonly shape: readonly number[];
    readonly layout: "channels-first" | "channels-last";
    readonly dtype: "float32" | "float64";
    readonly eps: number;
    readonly momentum: number;
    readonly operation: "step" | "train" | "backward" | "infer";
    readonly activation: "relu" | null;
    readonly outputs: "fresh" | "reused";
    /** paths of x, dy, weight, bias, running_mean, running_var */
    readonly inputs: Readonly<Record<string, string>>;
  };
  /** the first run; its results are written into the folder, each to a file of its name (y, dx, dweight, ...) */
  readonly first: { readonly folder: string };
  /** runs for about so long, at least one */
  readonly time: { readonly milliseconds: number };
  /** give back what `prepare` took */
  readonly release: Record<string, never>;
}

/** What is answered to each: `{ id, ok: ... }`. Otherwise `{ id, unsupported: reason }` or `{ id, error: message }`. */
export const answers = {
  hello: v.strictObject({ version: text, threads: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  prepare: v.strictObject({}),
  first: v.strictObject({
    milliseconds: v.pipe(v.number(), v.finite(), v.minValue(0)), // 0 where a page's clock cannot tell so short a run
    results: v.array(v.picklist(operations)),
  }),
  time: v.strictObject({ samples: v.pipe(v.array(milliseconds), v.minLength(1)) }),
  release: v.strictObject({}),
} as const;

export type Answers = { readonly [Do in keyof typeof answers]: v.InferOutput<(typeof answers)[Do]> };

export const answerLine = v.union([
  v.strictObject({ id: v.number(), ok: v.looseObject({}) }),
  v.strictObject({ id: v.number(), unsupported: text }),
  v.strictObject({ id: v.number(), error: text }),
]);
