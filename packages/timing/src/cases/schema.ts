import { readFileSync } from "node:fs";
import { channelAxis, type View, view } from "@batchnorm/core";
import { dtypes, layouts } from "@batchnorm/core/checks";
import * as v from "valibot";

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

/** A case as the data file has it. */
export const benchmarkCaseSchema = v.strictObject({
  /** what people call it; with set, shape, layout and dtype it is unique */
  name: v.pipe(v.string(), v.minLength(1)),
  /** the file that it stands in: a network, or what else it is one of */
  set: v.optional(v.pipe(v.string(), v.minLength(1)), "report"),
  /** how often it occurs in the network of its set */
  times: v.optional(size, 1),
  /** why it is there */
  about: v.pipe(v.string(), v.minLength(1)),
  /** of x: rank 2, 4 or 5, as BatchNorm1d, BatchNorm2d and BatchNorm3d take it */
  shape: v.pipe(
    v.array(size),
    v.check((shape) => [2, 4, 5].includes(shape.length), "expected 2, 4 or 5 dimensions"),
  ),
  layout: v.picklist(layouts),
  dtype: v.optional(v.picklist(dtypes), "float32"),
  /** whether it belongs to the few that a quick run takes */
  quick: v.optional(v.boolean(), false),
});

export type BenchmarkCase = v.InferOutput<typeof benchmarkCaseSchema>;

/** `(8, 16, 14, 14), channels first`; the name of a case where its shape says more. */
export function shapeOf({ shape, layout }: Pick<BenchmarkCase, "shape" | "layout">): string {
  const text = `(${shape.join(", ")})`;
  return shape.length === 2 ? text : `${text}, ${layout.replace("-", " ")}`;
}

/** The view of a case. */
export function viewOf({ shape, layout }: BenchmarkCase): View {
  return view(shape, channelAxis(shape.length, layout));
}

/** The cases that are timed, from src/cases/report.json, in order. @throws ValiError where the file is not as it should be */
export function benchmarkCases({ quick = false }: { readonly quick?: boolean } = {}): BenchmarkCase[] {
  const file = new URL("../../src/cases/report.json", import.meta.url);
  const cases = v.parse(v.array(benchmarkCaseSchema), JSON.parse(readFileSync(file, "utf8")));
  return quick ? cases.filter((testCase) => testCase.quick) : cases;
}
