import type { DType, FloatArray, Tensor, View } from "@batchnorm/core";
import type { Check, Subject } from "../../check.js";
import type { Case, CaseOptions, DataClass, Mode, Pass } from "../../judging/case.js";
import { follow } from "../../judging/follow.js";
import { judge } from "../../judging/judged.js";
import type { SentenceName } from "../../sentences.js";
import { batchOf, type Fill, gradient, shapeOf, sizes, views } from "./batch.js";
import { Random } from "./random.js";

type Judges = NonNullable<Case["judges"]>;

/** What comes of the sums over a channel. */
export const statistics: Judges = ["mean", "variance", "running_mean", "running_var"];

/** Every result; the counter is the semantics' affair. */
export const results: Judges = [...statistics, "y", "dx", "dweight", "dbias"];

/** Data that are hard in one way, in several views. */
export interface HardData {
  readonly data: DataClass;
  readonly fill: Fill;
  readonly dy?: Fill;
  /** a parameter of each channel; random by default */
  readonly weight?: (random: Random, c: number) => number;
  readonly bias?: (random: Random, c: number) => number;
  readonly views?: readonly View[];
  readonly modes?: readonly Mode[];
  readonly options?: Partial<CaseOptions>;
  readonly judges?: Judges;
  /** the type whose values x and dy have; float32 by default, whatever they are run in */
  readonly values?: DType;
}

const both: readonly DType[] = ["float32", "float64"];

/** A check of cases, made one after the other, in each type. */
export function casesChecks(
  sentence: SentenceName,
  name: string,
  cases: (dtype: DType) => Iterable<Case>,
  { large = false, dtypes = both }: { readonly large?: boolean; readonly dtypes?: readonly DType[] } = {},
): Check[] {
  return dtypes.map((dtype) => ({
    sentence,
    name,
    dtype,
    large,
    async run<T extends Tensor>(subject: Subject<T>) {
      for (const kase of cases(dtype)) await judge(subject as unknown as Subject, follow(subject.backend, kase, dtype));
    },
  }));
}

/** A check of hard data in every view, in each type. */
export function hardChecks(
  sentence: SentenceName,
  name: string,
  hard: HardData,
  options: { readonly large?: boolean; readonly dtypes?: readonly DType[] } = {},
): Check[] {
  return casesChecks(
    sentence,
    name,
    (dtype) => (hard.views ?? views).map((view) => caseOf(`${name}, ${sizes(view)}`, view, hard, dtype)),
    options,
  );
}

function caseOf(name: string, view: View, hard: HardData, dtype: DType): Case {
  const { data, fill, dy = gradient, modes = ["train"], judges = results, options = {} } = hard;
  const seed = view.outer + 7 * view.channels + 31 * view.inner;
  const batch = batchOf(view, fill, { seed, dy, values: hard.values ?? "float32" });
  const random = new Random(seed + 1);
  const { weight = (r: Random) => 0.5 + r.uniform(), bias = (r: Random) => r.normal() } = hard;
  const parameters = (one: typeof weight) => Array.from({ length: view.channels }, (_, c) => one(random, c));
  return {
    name,
    about: name,
    data,
    options: { kind: "BatchNorm1d", numFeatures: view.channels, dtype, ...options },
    state: { ...initial(view.channels), weight: parameters(weight), bias: parameters(bias) },
    judges,
    steps: modes.map((mode) => ({ do: "pass", pass: passOf(mode, view, batch), accumulate: false })),
  };
}

/** Running statistics as those of a new layer. */
export function initial(channels: number) {
  return {
    running_mean: new Array<number>(channels).fill(0),
    running_var: new Array<number>(channels).fill(1),
    num_batches_tracked: 0,
  };
}

/** A pass, and back. */
export function passOf(mode: Mode, view: View, { x, dy }: { readonly x: FloatArray; readonly dy: FloatArray }): Pass {
  return { mode, shape: shapeOf(view), x, dy };
}
